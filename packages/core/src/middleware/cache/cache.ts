import { cacheResult } from '../../cache-result.js';
import type { Call } from '../../call.js';
import type { Middleware, Next } from '../../middleware.js';
import type { KnownCost } from '../../money.js';
import { observe } from '../../observe.js';
import type { Observer } from '../../outcome.js';
import type { AnyReply, StreamReply, UnaryReply } from '../../reply.js';
import type { Recording } from '../../replay.js';
import { badOption, checkMs } from '../option-checks.js';
import { readEntry, writeEntry } from './cache-entry.js';
import { cacheKey } from './cache-key.js';
import { cacheMode } from './cache-mode.js';
import type { CacheStore } from './cache-store.js';
import { memoryCache } from './memory-cache.js';
import { readStore, writeStore } from './store-access.js';

export interface CacheOptions {
  /**
   * Whose answers these are: a tenant, a user. Calls of one scope never see an answer of another. `'shared'` keeps one scope for all,
   * which is safe only where all callers may see all answers.
   */
  readonly scope: 'shared' | ((call: Call) => string | undefined);
  /** Default: a memory store with `maxEntries` and `maxBytes`. */
  readonly store?: CacheStore | undefined;
  /** How long an answer is kept. Default one hour. */
  readonly ttlMs?: number | undefined;
  /** Of the memory store. Default 1,000. */
  readonly maxEntries?: number | undefined;
  /** Of the memory store. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** What of the request must be equal; default all of it. Scope, operation and model always count. */
  readonly key?: ((call: Call) => unknown) | undefined;
  /** Keep answers that call tools, too. Default false: running a tool twice may not be what the caller wants. */
  readonly toolCalls?: boolean | undefined;
  /** How long a store is waited for before the call counts as a miss. Default 100. */
  readonly storeTimeoutMs?: number | undefined;
}

/** A hit costs nothing; the usage that it reports is that of the stored answer, once paid for. */
const FREE: KnownCost = { known: true, total: 0, source: 'price' };

/**
 * Answers a request that was answered before, exactly and in either shape. Only complete answers are stored (law 8): none that failed, was
 * cut, was cancelled, filtered, or that calls tools. `meta.cache` says `hit`, `miss` or `bypass`; a hit costs nothing. A store that
 * fails is a miss, never a failure.
 *
 * @throws {InferwayError} `configuration` where `scope` is missing, or gives none for a call.
 */
export function cache(options: CacheOptions): Middleware {
  const { scope, key } = options;
  if (scope !== 'shared' && typeof scope !== 'function') throw noScope('is missing');
  const ttlMs = checkMs('cache', 'ttlMs', options.ttlMs ?? 3_600_000);
  const storeTimeoutMs = checkMs('cache', 'storeTimeoutMs', options.storeTimeoutMs ?? 100);
  const { maxEntries, maxBytes } = options;
  if (options.store !== undefined && (maxEntries ?? maxBytes) !== undefined) {
    throw badOption(
      'store',
      'cache: maxEntries and maxBytes are of the memory store. Bound the given store itself.',
    );
  }
  // Checked now, made at the first call, which brings the clock.
  let store = options.store;
  if (store === undefined) memoryCache({ maxEntries, maxBytes });
  const keepToolCalls = options.toolCalls === true;

  return async function cache(call, next) {
    const mode = call.state.get(cacheMode) ?? 'use';
    if (mode === 'bypass') return pass(call, next);
    const { clock } = call.state.runtime;
    const whose = scope === 'shared' ? scope : scope(call);
    if (typeof whose !== 'string' || whose === '') throw noScope('gave none for this call');
    const name = cacheKey(call, whose, key === undefined ? call.request : key(call));
    if (name === undefined) return pass(call, next);

    const from = (store ??= memoryCache({ maxEntries, maxBytes, clock }));
    if (mode === 'use') {
      const found = readStore(from, name, clock, storeTimeoutMs);
      const text = found instanceof Promise ? await found : found;
      const reply = text === undefined ? undefined : readEntry(call, text);
      if (reply !== undefined) {
        call.state.set(cacheResult, 'hit');
        return free(reply);
      }
    }
    call.state.set(cacheResult, 'miss');
    const reply: AnyReply = await next(call);
    const keep = (recording: Recording): void => {
      const text = isComplete(call, recording, keepToolCalls) ? writeEntry(recording) : undefined;
      if (text !== undefined) writeStore(from, name, text, ttlMs);
    };
    if (reply.stream) record(reply, call, keep);
    else keep({ result: (reply as UnaryReply).result, usage: reply.usage, meta: reply.meta });
    return marked(reply, 'miss');
  };
}

async function pass(call: Call, next: Next): Promise<AnyReply> {
  call.state.set(cacheResult, 'bypass');
  return marked(await next(call), 'bypass');
}

function marked<R extends AnyReply>(reply: R, cache: 'miss' | 'bypass'): R {
  return { ...reply, meta: { ...reply.meta, cache } };
}

function free(reply: AnyReply): AnyReply {
  return observe(reply, {
    end(outcome) {
      outcome.cost = FREE;
    },
  });
}

function isComplete(call: Call, recording: Recording, keepToolCalls: boolean): boolean {
  const ending = call.state.runtime.traits(call.operation)?.ending;
  if (ending === undefined || recording.result === undefined) return true;
  const kind = ending(recording.result as never);
  return kind === 'answer' || (kind === 'tool-calls' && keepToolCalls);
}

// Events are kept as they pass, by reference; the work of making an entry comes after the end.
function record(reply: StreamReply, call: Call, keep: (recording: Recording) => void): void {
  const traits = call.state.runtime.traits(call.operation);
  const events: unknown[] = [];
  const observer: Observer = {
    batch(batch) {
      for (const event of batch) events.push(event);
    },
    end({ status, usage }) {
      if (status !== 'complete') return;
      const fold = traits?.unfold === undefined ? undefined : traits.fold?.();
      if (fold !== undefined) for (const event of events) fold.add(event as never);
      const answer =
        fold === undefined ? { events: events as never[] } : { result: fold.result() as never };
      keep({ ...answer, usage, meta: reply.meta });
    },
  };
  reply.events.observe(observer);
}

function noScope(what: string): Error {
  return badOption(
    'scope',
    `cache: the scope ${what}. Give scope: (call) => the tenant's id, or 'shared' where all callers may see all answers.`,
  );
}
