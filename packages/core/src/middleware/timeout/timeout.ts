import { setDeadline } from '../../deadline.js';
import type { Middleware } from '../../middleware.js';
import { joinProgress } from '../../progress.js';
import type { AnyReply } from '../../reply.js';
import { abortReason, linkedController } from '../../signal.js';
import { Stopwatch } from './stopwatch.js';
import { timeoutLimits, type TimeoutOptions } from './timeout-limits.js';

/**
 * Bounds how long the provider is waited for: to connect, to the first event, between bytes, between content, and in all. Time that a
 * slow reader takes counts for none but the total. What runs out aborts the attempt, so that the socket closes, and is thrown as a
 * `timeout` with its `phase`. Belongs inside `retry`, where each attempt has timers of its own.
 *
 * @throws {InferwayError} `configuration`, when built, for limits that cannot work.
 */
export function timeout(options: TimeoutOptions = {}): Middleware {
  const unary = timeoutLimits(options, false);
  const streamed = timeoutLimits(options, true);

  return async function timeout(call, next) {
    if (call.signal.aborted) throw abortReason(call.signal);
    const limits = call.stream ? streamed : unary;
    if (limits.total !== Number.POSITIVE_INFINITY) {
      setDeadline(call.state, call.state.startedAt + limits.total);
    }
    const link = linkedController(call.signal);
    const watch = new Stopwatch(call, limits, link);
    const progress = joinProgress(call.progress, watch);
    let held = false;
    try {
      const reply: AnyReply = await link.race(
        next({ ...call, signal: link.signal, progress }),
        cancelLate,
      );
      if (reply.stream) {
        held = true;
        watch.accepted();
        reply.events.observe(watch);
      }
      return reply;
    } catch (reason) {
      // A provider may throw an error of its own when its socket is closed under it.
      throw link.signal.aborted ? link.signal.reason : reason;
    } finally {
      if (!held) watch.end();
    }
  };
}

function cancelLate(reply: AnyReply): void {
  if (reply.stream) reply.events.cancel();
}
