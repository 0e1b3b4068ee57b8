import { cacheResult } from '../../cache-result.js';
import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import type { Middleware, Next } from '../../middleware.js';
import { checkCount, checkFlag, checkFunction, checkMs } from '../../option-checks.js';
import type { AnyReply } from '../../reply.js';
import { coalesce } from '../coalesce/coalesce.js';
import { cacheKey } from '../cache-key.js';
import { modeOf } from '../cache-mode.js';
import { checkAnswerCache, checkStaleMs, type CacheOptions } from './cache-options.js';
import { ttlOf } from './cache-ttl.js';
import { CachedAnswers, type Keeping } from './cached-answers.js';
import { isDeterministic } from './deterministic.js';
import { Refresher } from './refresher.js';
import './cache-events.js';

/**
 * Answers a request that was answered before, exactly and in either shape. Only complete answers are stored (law 8): none that failed, was
 * cut, was cancelled, filtered, or that calls tools. `meta.cache` says `hit`, `miss` or `bypass`, and `meta.cached` what a hit saved; a hit
 * costs nothing. A store that fails is a miss, never a failure.
 *
 * @throws {InferwayError} `configuration` where `scope` is missing, or gives none for a call; for options that cannot work.
 */
export function cache(options: CacheOptions): Middleware {
  const key = checkFunction('cache', 'key', options.key);
  const common = checkAnswerCache('cache', options);
  const staleMs = checkStaleMs('cache', options.staleMs);
  const deterministicOnly = checkFlag('cache', 'deterministicOnly', options.deterministicOnly);
  const refresher = new Refresher({
    timeoutMs: checkMs('cache', 'refreshTimeoutMs', options.refreshTimeoutMs ?? 60_000),
    most: checkCount('cache', 'maxRefreshes', options.maxRefreshes ?? 16),
    pauseMs: checkMs('cache', 'refreshPauseMs', options.refreshPauseMs ?? 1000),
  });
  // Kept below it, so that the one answer is kept once, also where the call that asked for it leaves.
  const guard = checkFlag('cache', 'guard', options.guard)
    ? coalesce({ scope: options.scope, key, toolCalls: options.toolCalls })
    : undefined;
  let answers: CachedAnswers | undefined;

  return async function cache(call, next) {
    const mode = modeOf('cache', call);
    if (mode === 'bypass' || (deterministicOnly && !isDeterministic(call))) return pass(call, next);
    const scope = common.scopeOf(call);
    const ttlMs = ttlOf('cache', call, common.ttlMs);
    const name = cacheKey(call, scope, key === undefined ? call.request : key(call));
    if (name === undefined) return pass(call, next);

    const { clock } = call.state.runtime;
    const kept = (answers ??= new CachedAnswers(
      common.store(clock),
      { ...common, kind: 'exact', staleMs },
      clock,
    ));
    if (mode === 'use') {
      const finding = kept.find(call, name);
      const found = finding instanceof Promise ? await finding : finding;
      const reply = found === undefined ? undefined : kept.serve(call, found);
      if (reply !== undefined) {
        call.state.set(cacheResult, 'hit');
        if (found?.stale === true)
          refresher.start(call, name, (own) => ask(own, next, kept, { key: name, ttlMs }));
        return reply;
      }
    }
    call.state.set(cacheResult, 'miss');
    tell(call, { type: 'cache', kind: 'exact', result: 'miss' });
    const keeping: Keeping = { key: name, ttlMs };
    if (guard === undefined) return ask(call, next, kept, keeping);
    const asked = (own: Call): Promise<AnyReply> => ask(own, next, kept, keeping);
    return marked(await guard(call, asked as Next), 'miss');
  };
}

async function ask(
  call: Call,
  next: Next,
  answers: CachedAnswers,
  keeping: Keeping,
): Promise<AnyReply> {
  const reply: AnyReply = await next(call);
  // What a cache further in has answered is in its keeping.
  if (reply.meta.cache === 'hit') return reply;
  answers.keep(call, reply, keeping);
  return marked(reply, 'miss');
}

async function pass(call: Call, next: Next): Promise<AnyReply> {
  call.state.set(cacheResult, 'bypass');
  tell(call, { type: 'cache', kind: 'exact', result: 'bypass' });
  return marked(await next(call), 'bypass');
}

/** Says on the reply what the cache did, unless one further in has answered. */
export function marked<R extends AnyReply>(reply: R, cache: 'miss' | 'bypass'): R {
  return reply.meta.cache === 'hit' ? reply : { ...reply, meta: { ...reply.meta, cache } };
}
