import type { Call } from '../call.js';
import { InferwayError } from '../error.js';
import type { Operation, ResultOf } from '../operations.js';
import { replay } from '../replay.js';
import type { AnyReply, StreamReply, UnaryReply } from '../reply.js';
import type { Fold } from '../traits.js';

/** Reads a stream to its end and gives its answer as a unary reply would have. */
export async function wholeAnswer(reply: StreamReply, call: Call): Promise<UnaryReply> {
  const fold = call.state.runtime.traits(call.operation)?.fold?.() as
    | Fold<unknown, ResultOf<Operation>>
    | undefined;
  if (fold === undefined) {
    reply.events.cancel();
    throw new InferwayError('unsupported', {
      message: `A streamed "${call.operation}" cannot be checked as a whole: its events make no result. Call it without streaming, or give the hook a filter.`,
    });
  }
  const { events } = reply;
  for (
    let batch = await events.nextBatch();
    batch !== undefined;
    batch = await events.nextBatch()
  ) {
    for (const event of batch) fold.add(event);
  }
  const { usage, outcome } = events;
  return { stream: false, result: fold.result(), usage, cost: outcome?.cost, meta: reply.meta };
}

/** Serves a whole answer in the shape that the call wants. */
export function serveAnswer(answer: UnaryReply, call: Call): AnyReply {
  if (!call.stream) return answer;
  const { result, usage, cost, meta } = answer;
  const reply = replay(call, { result, usage, meta });
  if (reply?.stream !== true) {
    throw new InferwayError('unsupported', {
      message: `A checked "${call.operation}" cannot be streamed again: its result makes no events. Call it without streaming.`,
    });
  }
  reply.events.observe({
    end(outcome) {
      outcome.cost ??= cost;
    },
  });
  return reply;
}
