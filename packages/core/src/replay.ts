import type { Call } from './call.js';
import type { InferwayError } from './error.js';
import { Events, type EventSource } from './events.js';
import type { EventOf, Operation, ResultOf } from './operations.js';
import type { AnyReply, ReplyMeta } from './reply.js';
import type { Usage } from './usage.js';

/** A complete answer, kept in a form that can serve either shape. One of `result` and `events` is there, or both. */
export interface Recording<K extends Operation = Operation> {
  readonly result?: ResultOf<K> | undefined;
  readonly events?: readonly EventOf<K>[] | undefined;
  readonly usage?: Usage | undefined;
  readonly meta: ReplyMeta;
}

/** Answers `call` from a recording, as one result or as events, whichever the call wants; undefined where it cannot. */
export function replay(call: Call, recording: Recording): AnyReply | undefined {
  const { usage, meta } = recording;
  const traits = call.state.runtime.traits(call.operation);
  if (!call.stream) {
    const result = recording.result ?? foldAll(recording, traits?.fold?.());
    return result === undefined ? undefined : { stream: false, result, usage, meta };
  }
  const events =
    recording.events ??
    (recording.result === undefined ? undefined : traits?.unfold?.(recording.result, usage));
  if (events === undefined) return undefined;
  return { stream: true, events: new Events(eventsOf(events, usage), call.signal) as never, meta };
}

/** A source that yields what is already there, as one batch. */
export function eventsOf<E>(events: readonly E[], usage?: Usage): EventSource<E> {
  let rest: readonly E[] | undefined = events.length === 0 ? undefined : events;
  let cancelled: InferwayError | undefined;
  return {
    usage,
    async pull() {
      if (cancelled !== undefined) throw cancelled;
      const batch = rest;
      rest = undefined;
      return batch;
    },
    cancel(reason) {
      cancelled = reason;
    },
  };
}

function foldAll(
  recording: Recording,
  fold: { add(event: never): void; result(): unknown } | undefined,
): ResultOf<Operation> | undefined {
  if (fold === undefined || recording.events === undefined) return undefined;
  for (const event of recording.events) fold.add(event as never);
  return fold.result() as ResultOf<Operation>;
}
