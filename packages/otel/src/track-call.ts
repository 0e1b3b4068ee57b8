import {
  aroundAttempts,
  aroundForks,
  InferwayError,
  listen,
  listenTo,
  observe,
  stateKey,
  unlisten,
  type AbortListener,
  type AnyReply,
  type Call,
  type Next,
  type State,
} from '@inferway/core';
import { CallTracker } from './call-tracker.js';
import { whenDropped } from './dropped-stream.js';
import type { Tracking } from './tracking.js';

const TRACKER = stateKey<CallTracker>('telemetry tracker');

/**
 * Runs the rest of the chain under the eyes of `sink`. Traces and metrics of one call share a tracker, so both show the same times; the
 * outermost of them decides when the call is over.
 */
export function trackCall(call: Call, next: Next, tracking: Tracking): Promise<AnyReply> {
  const { sink, report } = tracking;
  const known = call.state.get(TRACKER);
  if (known !== undefined && !known.ended) {
    known.add(sink);
    known.forks.push(tracking.forked);
    return next(call) as Promise<AnyReply>;
  }
  const tracker = new CallTracker(call, report);
  tracker.add(sink);
  tracker.forks.push(tracking.forked);
  call.state.set(TRACKER, tracker);
  // Of several after each other, below a retry that stands outside, the last one is told.
  if (known === undefined) install(call.state);
  return follow(call, next, tracker);
}

function install(state: State): void {
  const tracker = (): CallTracker => state.get(TRACKER) as CallTracker;
  aroundAttempts(state, (inner, attempt, go) => tracker().attempt(inner, attempt, go));
  listen(state, (event, call) => tracker().event(event, call));
  aroundForks(state, (own, next) => {
    const { forks, run } = tracker();
    const tracked = (inner: Next, forked: Tracking['forked']): Next =>
      ((one: Call) => trackCall(one, inner, forked(one, run))) as Next;
    return forks.reduceRight(tracked, next)(own) as Promise<AnyReply>;
  });
}

async function follow(call: Call, next: Next, tracker: CallTracker): Promise<AnyReply> {
  const fail = (reason: unknown): void => {
    const error = InferwayError.from(reason);
    tracker.blame(call);
    tracker.finish({ ending: error.code === 'aborted' ? 'cancelled' : 'failed', error });
  };
  // The client gives up an aborted call at once; a layer or provider that does not listen must not keep the span open.
  const onAbort: AbortListener = { handleEvent: () => fail(call.signal.reason) };
  listenTo(call.signal, onAbort);
  try {
    const reply = (await next(call)) as AnyReply;
    tracker.noteReply(reply);
    if (reply.stream) whenDropped(reply.events, tracker);
    return observe(reply, {
      end: (outcome) => tracker.finish({ ending: outcome.status, error: outcome.error }, outcome),
    });
  } catch (reason) {
    fail(reason);
    throw reason;
  } finally {
    unlisten(call.signal, onAbort);
  }
}
