import { systemClock, type Clock } from '../clock.js';
import { checkCount } from '../option-checks.js';
import type {
  ClaimRequest,
  IdempotencyClaim,
  IdempotencyFinish,
  IdempotencyStore,
} from './idempotency-store.js';

export interface MemoryIdempotencyOptions {
  /** Keys, of calls that run and that are finished together. Default 10,000. */
  readonly maxEntries?: number | undefined;
  /** Of keys and answers together, two bytes a character. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * A store in this process. Where it is full, what was finished first is forgotten first, before its time if need be; a call that runs is never
 * forgotten: where nothing else is left, the next one is refused.
 */
export function memoryIdempotency(options: MemoryIdempotencyOptions = {}): IdempotencyStore {
  return new MemoryClaims(
    checkCount('memoryIdempotency', 'maxEntries', options.maxEntries ?? 10_000),
    checkCount('memoryIdempotency', 'maxBytes', options.maxBytes ?? 64 * 1024 * 1024),
    options.clock ?? systemClock,
  );
}

interface Entry {
  readonly fingerprint: string;
  readonly owner: string;
  /** Of a finished call. */
  readonly answer: string | undefined;
  readonly bytes: number;
  readonly endsAt: number;
}

/** Entries in the order in which they came. */
class Shelf {
  readonly entries = new Map<string, Entry>();
  bytes = 0;

  put(key: string, entry: Entry): void {
    this.remove(key);
    this.entries.set(key, entry);
    this.bytes += entry.bytes;
  }

  remove(key: string): void {
    this.bytes -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
  }
}

class MemoryClaims implements IdempotencyStore {
  readonly #running = new Shelf();
  readonly #finished = new Shelf();
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #clock: Clock;

  constructor(maxEntries: number, maxBytes: number, clock: Clock) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  claim(key: string, { fingerprint, owner, leaseMs }: ClaimRequest): IdempotencyClaim {
    const known = this.#live(this.#finished, key) ?? this.#live(this.#running, key);
    if (known !== undefined) {
      if (known.fingerprint !== fingerprint) return { state: 'mismatch' };
      const { answer } = known;
      return answer === undefined ? { state: 'running' } : { state: 'done', answer };
    }
    const bytes = 2 * (key.length + fingerprint.length + owner.length);
    if (!this.#makeRoom(bytes)) return { state: 'full' };
    const endsAt = this.#clock.now() + leaseMs;
    this.#running.put(key, { fingerprint, owner, answer: undefined, bytes, endsAt });
    return { state: 'claimed' };
  }

  renew(key: string, owner: string, leaseMs: number): boolean {
    const claim = this.#claimOf(key, owner);
    if (claim === undefined) return false;
    this.#running.put(key, { ...claim, endsAt: this.#clock.now() + leaseMs });
    return true;
  }

  finish(key: string, owner: string, answer: string, ttlMs: number): IdempotencyFinish {
    const claim = this.#claimOf(key, owner);
    if (claim === undefined) return 'lost';
    this.#running.remove(key);
    const bytes = claim.bytes + 2 * answer.length;
    if (!this.#makeRoom(bytes)) {
      this.#running.put(key, claim);
      return 'full';
    }
    this.#finished.put(key, { ...claim, answer, bytes, endsAt: this.#clock.now() + ttlMs });
    return 'kept';
  }

  release(key: string, owner: string): void {
    if (this.#claimOf(key, owner) !== undefined) this.#running.remove(key);
  }

  #claimOf(key: string, owner: string): Entry | undefined {
    const claim = this.#live(this.#running, key);
    return claim?.owner === owner ? claim : undefined;
  }

  #live(shelf: Shelf, key: string): Entry | undefined {
    const entry = shelf.entries.get(key);
    if (entry === undefined || entry.endsAt > this.#clock.now()) return entry;
    shelf.remove(key);
    return undefined;
  }

  /** True where one more entry of so many bytes fits, if need be in the place of finished ones. */
  #makeRoom(bytes: number): boolean {
    if (!this.#fits(this.#running, bytes)) {
      // Only calls whose renewal failed have a lease that ended.
      for (const key of this.#running.entries.keys()) this.#live(this.#running, key);
      if (!this.#fits(this.#running, bytes)) return false;
    }
    for (const [key, { endsAt }] of this.#finished.entries) {
      if (endsAt > this.#clock.now() && this.#fitsBeside(bytes)) break;
      this.#finished.remove(key);
    }
    return true;
  }

  #fits(shelf: Shelf, bytes: number): boolean {
    return shelf.entries.size < this.#maxEntries && shelf.bytes + bytes <= this.#maxBytes;
  }

  #fitsBeside(bytes: number): boolean {
    const entries = this.#running.entries.size + this.#finished.entries.size;
    return (
      entries < this.#maxEntries &&
      this.#running.bytes + this.#finished.bytes + bytes <= this.#maxBytes
    );
  }
}
