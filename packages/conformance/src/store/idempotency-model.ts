import type { ClaimRequest, IdempotencyClaim } from '@inferway/core/stores';

interface Entry {
  readonly fingerprint: string;
  readonly owner: string;
  readonly answer?: string;
  readonly endsAt: number;
}

/** What a store of idempotency keys promises, written to be read. */
export class IdempotencyModel {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  claim(key: string, { fingerprint, owner, leaseMs }: ClaimRequest): IdempotencyClaim {
    const entry = this.#live(key);
    if (entry === undefined) {
      this.#entries.set(key, { fingerprint, owner, endsAt: this.#now() + leaseMs });
      return { state: 'claimed' };
    }
    if (entry.fingerprint !== fingerprint) return { state: 'mismatch' };
    return entry.answer === undefined
      ? { state: 'running' }
      : { state: 'done', answer: entry.answer };
  }

  renew(key: string, owner: string, leaseMs: number): boolean {
    const claim = this.#claimOf(key, owner);
    if (claim === undefined) return false;
    this.#entries.set(key, { ...claim, endsAt: this.#now() + leaseMs });
    return true;
  }

  finish(key: string, owner: string, answer: string, ttlMs: number): 'kept' | 'lost' {
    const claim = this.#claimOf(key, owner);
    if (claim === undefined) return 'lost';
    this.#entries.set(key, { ...claim, answer, endsAt: this.#now() + ttlMs });
    return 'kept';
  }

  release(key: string, owner: string): void {
    if (this.#claimOf(key, owner) !== undefined) this.#entries.delete(key);
  }

  #claimOf(key: string, owner: string): Entry | undefined {
    const entry = this.#live(key);
    return entry?.owner === owner && entry.answer === undefined ? entry : undefined;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.endsAt > this.#now() ? entry : undefined;
  }
}
