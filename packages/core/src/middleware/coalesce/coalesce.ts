import type { Call } from '../../call.js';
import { isHeard, tell } from '../../chain-events.js';
import type { Middleware } from '../../middleware.js';
import { badOption, checkCount, checkFlag, checkFunction } from '../../option-checks.js';
import { abortReason } from '../../signal.js';
import { cacheKey } from '../cache-key.js';
import { cacheMode } from '../cache-mode.js';
import { scopeReader, type CacheScope } from '../cache-scope.js';
import { Flight, type Member } from './flight.js';
import { MemoryShare } from './memory-share.js';
import type { StreamBounds } from './shared-stream.js';
import './coalesce-events.js';

/** Which calls share an answer. `scope` is needed. */
export interface CoalesceOptions {
  /**
   * Whose answers these are: a tenant, a user. Calls of one scope never see an answer of another. `'shared'` keeps one scope for all,
   * which is safe only where all callers may see all answers.
   */
  readonly scope: CacheScope;
  /** What of the request must be equal; default all of it. Scope, operation, shape and model always count. */
  readonly key?: ((call: Call) => unknown) | undefined;
  /** Share the answers of requests that offer tools, too. Default false: running a tool twice may not be what the caller wants. */
  readonly toolCalls?: boolean | undefined;
  /** Kept of one stream, for those who join it and those who read it slowly, in bytes. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** Kept of all streams together for those who may join. Default 64 MiB. */
  readonly maxTotalBytes?: number | undefined;
}

// A first caller that is refused for a reason of its own leaves the others to begin again: a few times together, then each alone.
const MOST_JOINS = 3;

/**
 * Calls that ask the same at the same time share one answer, within a scope. The first one asks and pays; the others cost nothing and say so
 * in `meta.coalesced`. A stream is read by each from its beginning, at its own pace. Whoever leaves does not disturb the others, the first
 * one included: the provider is cancelled when the last has left. A failure ends all, each with an error of its own, and nothing is kept.
 *
 * What a cache would not answer is not shared: calls with `cacheMode` `bypass` or `refresh`, requests with tools, raw calls.
 *
 * @throws {InferwayError} `configuration` where `scope` is missing, or gives none for a call; for options that cannot work.
 */
export function coalesce(options: CoalesceOptions): Middleware {
  const key = checkFunction('coalesce', 'key', options.key);
  const scopeOf = scopeReader('coalesce', options.scope);
  const toolCalls = checkFlag('coalesce', 'toolCalls', options.toolCalls);
  const maxBytes = checkCount('coalesce', 'maxBytes', options.maxBytes ?? 1024 * 1024);
  const most = checkCount(
    'coalesce',
    'maxTotalBytes',
    options.maxTotalBytes ?? Math.max(maxBytes, 64 * 1024 * 1024),
  );
  if (most < maxBytes) {
    throw badOption(
      'maxTotalBytes',
      `coalesce: maxTotalBytes (${most}) is less than maxBytes (${maxBytes}) of one stream. Raise it, or lower maxBytes.`,
    );
  }
  const bounds: StreamBounds = { maxBytes, memory: new MemoryShare(most) };
  const flights = new Map<string, Flight>();

  const nameOf = (call: Call): string | undefined => {
    if ((call.state.get(cacheMode) ?? 'use') !== 'use') return undefined;
    // A raw call may do anything.
    if (call.operation === 'raw' || (!toolCalls && offersTools(call))) return undefined;
    const asked = key === undefined ? call.request : key(call);
    return cacheKey(call, scopeOf(call), asked, call.stream ? 'streams' : 'answers');
  };

  return async function coalesce(call, next) {
    const name = nameOf(call);
    if (name === undefined) return next(call);
    for (let joins = 0; joins < MOST_JOINS; joins++) {
      // The shared call listens to no caller's signal: nobody may begin one for nobody.
      if (call.signal.aborted) throw abortReason(call.signal);
      const running = flights.get(name);
      const member: Member = { call, leads: running === undefined };
      const flight =
        running ??
        new Flight(bounds, () => {
          if (flights.get(name) === flight) flights.delete(name);
        });
      if (running === undefined) {
        flights.set(name, flight);
        flight.start(member, next);
      } else {
        flight.join(member);
        if (isHeard(call.state)) {
          tell(call, { type: 'coalesced', callers: flight.size, leader: flight.leader });
        }
      }
      const reply = await flight.wait(member);
      if (reply !== undefined) return reply;
    }
    return next(call);
  };
}

function offersTools(call: Call): boolean {
  const { tools } = call.request as { readonly tools?: unknown };
  return Array.isArray(tools) && tools.length > 0;
}
