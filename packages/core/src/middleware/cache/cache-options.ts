import type { Call } from '../../call.js';
import type { Clock } from '../../clock.js';
import { badOption, checkAmount, checkCount, checkFlag, checkMs } from '../../option-checks.js';
import type { CacheStore } from '../../stores/cache-store.js';
import { memoryCache } from '../../stores/memory-cache.js';
import { scopeReader, type CacheScope } from '../cache-scope.js';

/** What all caches of answers have in common. */
export interface AnswerCacheOptions {
  /**
   * Whose answers these are: a tenant, a user. Calls of one scope never see an answer of another. `'shared'` keeps one scope for all,
   * which is safe only where all callers may see all answers.
   */
  readonly scope: CacheScope;
  /** Default: a memory store with `maxEntries` and `maxBytes`. */
  readonly store?: CacheStore | undefined;
  /** How long an answer is kept, in milliseconds. Default one hour. `cacheTtl` sets it for one call. */
  readonly ttlMs?: number | undefined;
  /** Of the memory store. Default 1,000. */
  readonly maxEntries?: number | undefined;
  /** Of the memory store. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** Keep answers that call tools, too. Default false: running a tool twice may not be what the caller wants. */
  readonly toolCalls?: boolean | undefined;
  /** A larger answer is not kept; two bytes a character. Default 8 MiB. */
  readonly maxEntryBytes?: number | undefined;
  /** Answers that were streamed come again in the rhythm in which they came, from their first piece on. Default false: at once. */
  readonly replayTiming?: boolean | undefined;
  /** How long a store is waited for before the call counts as a miss, in milliseconds. Default 100. */
  readonly storeTimeoutMs?: number | undefined;
}

/** What is kept, for whom and for how long. `scope` is needed. */
export interface CacheOptions extends AnswerCacheOptions {
  /** What of the request must be equal; default all of it. Scope, operation and model always count. */
  readonly key?: ((call: Call) => unknown) | undefined;
  /**
   * How long after its time an answer is still served, in milliseconds, while a new one is fetched behind it. Default 0: never.
   */
  readonly staleMs?: number | undefined;
  /** How long a refresh may take, in milliseconds. Default 60,000. */
  readonly refreshTimeoutMs?: number | undefined;
  /** Refreshes at once, of all keys together; beyond that stale answers are served without one. Default 16. */
  readonly maxRefreshes?: number | undefined;
  /** How long after a failed refresh the same answer is not refreshed again, in milliseconds. Default 1,000. */
  readonly refreshPauseMs?: number | undefined;
  /** Of calls that miss with the same key at once, one goes on and the others get its answer. Default false. */
  readonly guard?: boolean | undefined;
  /** Use the cache only for requests whose answer a provider is asked to repeat: `temperature: 0` or a `seed`, or that nothing is made up for. Default false. */
  readonly deterministicOnly?: boolean | undefined;
}

/** The same, checked and whole. */
export interface AnswerCacheSettings {
  readonly ttlMs: number;
  readonly toolCalls: boolean;
  readonly replayTiming: boolean;
  readonly maxEntryBytes: number;
  readonly storeTimeoutMs: number;
  /** The scope of a call. @throws {InferwayError} `configuration` where there is none. */
  scopeOf(call: Call): string;
  /** Made at the first call, which brings the clock. */
  store(clock: Clock): CacheStore;
}

/** @throws {InferwayError} `configuration` naming the option that cannot work. */
export function checkAnswerCache(owner: string, options: AnswerCacheOptions): AnswerCacheSettings {
  const { maxEntries, maxBytes } = options;
  const scopeOf = scopeReader(owner, options.scope);
  if (options.store !== undefined && (maxEntries ?? maxBytes) !== undefined) {
    throw badOption(
      'store',
      `${owner}: maxEntries and maxBytes are of the memory store. Bound the given store itself.`,
    );
  }
  let store = options.store;
  // Checks its bounds now.
  if (store === undefined) memoryCache({ maxEntries, maxBytes });
  else checkStore(owner, store);
  return {
    ttlMs: checkMs(owner, 'ttlMs', options.ttlMs ?? 3_600_000),
    toolCalls: checkFlag(owner, 'toolCalls', options.toolCalls),
    replayTiming: checkFlag(owner, 'replayTiming', options.replayTiming),
    maxEntryBytes: checkCount(owner, 'maxEntryBytes', options.maxEntryBytes ?? 8 * 1024 * 1024),
    storeTimeoutMs: checkMs(owner, 'storeTimeoutMs', options.storeTimeoutMs ?? 100),
    scopeOf,
    store: (clock) => (store ??= memoryCache({ maxEntries, maxBytes, clock })),
  };
}

/** Milliseconds from 0. */
export function checkStaleMs(owner: string, staleMs: number | undefined): number {
  if (staleMs === undefined || staleMs === 0) return 0;
  return checkMs(owner, 'staleMs', checkAmount(owner, 'staleMs', staleMs));
}

function checkStore(owner: string, store: CacheStore): void {
  if (typeof store?.get === 'function' && typeof store.set === 'function') return;
  throw badOption('store', `${owner}: the store has no get and set. Give a CacheStore.`);
}
