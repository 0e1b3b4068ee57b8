import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import type { Clock } from '../../clock.js';
import type { Cost } from '../../money.js';
import type { AnyReply, CachedMeta } from '../../reply.js';
import type { CacheStore } from '../../stores/cache-store.js';
import { record } from '../answers/recorder.js';
import { forFree } from '../for-free.js';
import { readEntry, serveEntry, writeEntry, type CacheEntry } from './cache-entry.js';
import { GuardedStore } from './guarded-store.js';

export interface AnswerSettings {
  readonly kind: CachedMeta['kind'];
  readonly staleMs: number;
  readonly toolCalls: boolean;
  readonly replayTiming: boolean;
  readonly maxEntryBytes: number;
  readonly storeTimeoutMs: number;
}

/** An entry that may be served. */
export interface FoundAnswer {
  readonly entry: CacheEntry;
  readonly stale: boolean;
  readonly ageMs: number;
}

export interface Keeping {
  readonly key: string;
  readonly ttlMs: number;
  readonly asked?: string | undefined;
  readonly kept?: (() => void) | undefined;
}

// Nobody told what it had cost.
const UNKNOWN: Cost = { known: false, reason: 'no-price' };

/** Answers in a store: what may go in (law 8), for how long, and what may come out. */
export class CachedAnswers {
  readonly #store: GuardedStore;
  readonly #settings: AnswerSettings;
  readonly #clock: Clock;

  constructor(store: CacheStore, settings: AnswerSettings, clock: Clock) {
    this.#store = new GuardedStore(store, settings.storeTimeoutMs);
    this.#settings = settings;
    this.#clock = clock;
  }

  /** The entry under `key` that is not too old. A promise only where the store gives one. */
  find(call: Call, key: string): FoundAnswer | undefined | Promise<FoundAnswer | undefined> {
    const read = this.#store.read(call, key);
    return read instanceof Promise
      ? read.then((text) => this.#found(key, text))
      : this.#found(key, read);
  }

  /** The reply that an entry is for this call; undefined where it cannot serve its shape. */
  serve(
    call: Call,
    { entry, stale, ageMs }: FoundAnswer,
    similarity?: number,
  ): AnyReply | undefined {
    const { kind, replayTiming } = this.#settings;
    const saved = entry.cost ?? UNKNOWN;
    const cached = {
      kind,
      stale,
      ageMs,
      saved,
      ...(similarity === undefined ? {} : { similarity }),
    };
    const reply = serveEntry(call, entry, cached, replayTiming);
    if (reply === undefined) return undefined;
    tell(call, {
      type: 'cache',
      kind,
      result: stale ? 'stale' : 'hit',
      savedNanoUsd: saved.known ? saved.total : undefined,
      ageMs,
      similarity,
    });
    return forFree(reply);
  }

  /** Keeps the reply under `key`, fresh for `ttlMs`, once it is complete; `kept` hears when it is in the store. */
  keep(call: Call, reply: AnyReply, { key, ttlMs, asked, kept }: Keeping): void {
    const { staleMs, toolCalls, replayTiming, maxEntryBytes } = this.#settings;
    record(reply, call, { timing: replayTiming, maxBytes: maxEntryBytes }, (answer) => {
      if (!isKeepable(answer.ending, toolCalls)) return;
      const text = writeEntry(key, { ...answer, at: this.#clock.wallTime(), ttlMs, asked });
      if (text === undefined) return;
      if (2 * text.length > maxEntryBytes) {
        tell(call, { type: 'cache-store', operation: 'write', problem: 'too-large' });
        return;
      }
      this.#store.write(call, key, text, ttlMs + staleMs, kept);
    });
  }

  #found(key: string, text: string | undefined): FoundAnswer | undefined {
    const entry = text === undefined ? undefined : readEntry(key, text);
    if (entry === undefined || !isKeepable(entry.ending, this.#settings.toolCalls))
      return undefined;
    const since = this.#clock.wallTime() - entry.at;
    // Clocks of machines differ a little; an entry from far ahead is a mistake.
    if (since < -entry.ttlMs) return undefined;
    const ageMs = Math.max(0, since);
    if (ageMs < entry.ttlMs) return { entry, stale: false, ageMs };
    return ageMs < entry.ttlMs + this.#settings.staleMs ? { entry, stale: true, ageMs } : undefined;
  }
}

// Others may share the store, and may keep more than this cache does.
function isKeepable(ending: unknown, toolCalls: boolean): boolean {
  return ending === 'answer' || (ending === 'tool-calls' && toolCalls);
}
