import {
  aroundAttempts,
  InferwayError,
  observe,
  stateKey,
  type AnyReply,
  type Call,
  type Next,
} from '@inferway/core';
import type { CallSink } from './call-sink.js';
import { CallTracker } from './call-tracker.js';
import { whenDropped } from './dropped-stream.js';

const TRACKER = stateKey<CallTracker>('telemetry tracker');

/** One sink for one call, and who hears of its failures. */
export interface Tracking {
  readonly sink: CallSink;
  readonly report: (reason: unknown) => void;
}

/**
 * Runs the rest of the chain under the eyes of `sink`. Traces and metrics of one call share a tracker, so both show the same times; the
 * outermost of them decides when the call is over.
 */
export function trackCall(call: Call, next: Next, { sink, report }: Tracking): Promise<AnyReply> {
  const known = call.state.get(TRACKER);
  if (known !== undefined && !known.ended) {
    known.add(sink);
    return next(call) as Promise<AnyReply>;
  }
  const tracker = new CallTracker(call, report);
  tracker.add(sink);
  call.state.set(TRACKER, tracker);
  aroundAttempts(call.state, (inner, attempt, go) =>
    tracker.ended ? (go(inner) as Promise<AnyReply>) : tracker.attempt(inner, attempt, go),
  );
  return follow(call, next, tracker);
}

async function follow(call: Call, next: Next, tracker: CallTracker): Promise<AnyReply> {
  const fail = (reason: unknown): void => {
    const error = InferwayError.from(reason);
    tracker.blame(call);
    tracker.finish({ ending: error.code === 'aborted' ? 'cancelled' : 'failed', error });
  };
  // The client gives up an aborted call at once; a layer or provider that does not listen must not keep the span open.
  const onAbort = (): void => fail(call.signal.reason);
  call.signal.addEventListener('abort', onAbort);
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
    call.signal.removeEventListener('abort', onAbort);
  }
}
