import { hasTimeFor, setAttemptFloor, setDeadline } from '../../deadline.js';
import { dropReply } from '../../drop-reply.js';
import { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { joinProgress } from '../../progress.js';
import type { AnyReply } from '../../reply.js';
import { send } from '../../send.js';
import { abortReason, linkedController } from '../../signal.js';
import { noTimeLeft } from './no-time-left.js';
import { Stopwatch } from './stopwatch.js';
import { timeoutLimits, type TimeoutOptions } from './timeout-limits.js';

/**
 * Bounds how long the provider is waited for: to connect, to the first event, between bytes, between content, and in all. Time that a
 * slow reader takes counts for none but the total. What runs out aborts the attempt, so that the socket closes, and is thrown as a
 * `timeout` with its `phase`. Belongs inside `retry`, where each attempt has timers of its own. No attempt outlives the deadline of the call, and
 * none is begun that has less than `leastMs` of it.
 *
 * @throws {InferwayError} `configuration`, when built, for limits that cannot work.
 */
export function timeout(options: TimeoutOptions = {}): Middleware {
  const unary = timeoutLimits(options, false);
  const streamed = timeoutLimits(options, true);

  return function timeout(call, next) {
    if (call.signal.aborted) return Promise.reject(abortReason(call.signal));
    const limits = call.stream ? streamed : unary;
    if (limits.total !== Number.POSITIVE_INFINITY) {
      setDeadline(call.state, call.state.startedAt + limits.total);
    }
    setAttemptFloor(call.state, limits.least);
    const now = call.state.runtime.clock.now();
    if (!hasTimeFor(call.state, 0, now)) return Promise.reject(noTimeLeft(call));
    const link = linkedController(call.signal);
    const watch = new Stopwatch(call, limits, link, now);
    const progress = joinProgress(call.progress, watch);
    const over = (reply?: AnyReply): void => {
      if (reply?.stream !== true) {
        watch.end();
        return;
      }
      try {
        watch.accepted();
        reply.events.observe(watch);
      } catch (reason) {
        // A stream of a layer of the user's own that is none.
        watch.end();
        link.abort(InferwayError.from(reason));
      }
    };
    const sent = send({ ...call, signal: link.signal, progress }, next);
    return link.race(sent, dropReply, over);
  };
}
