import type { Call } from '../../call.js';
import { InferwayError } from '../../error.js';
import type { Next } from '../../middleware.js';
import type { AnyReply, StreamReply } from '../../reply.js';
import type { KeptAnswer } from '../answers/kept-answer.js';
import { record } from '../answers/recorder.js';
import { Executions } from './executions.js';
import type { HeldClaim } from './held-claim.js';
import { answerText, errorText } from './kept-end.js';

/**
 * Executes the call that has the claim, and ends the claim with how it went. A whole answer and an error are told when the store has them, so that
 * who has one may send the call again at once; a stream is not held up.
 */
export async function runOnce(
  call: Call,
  next: Next,
  claim: HeldClaim,
  maxBytes: number,
): Promise<AnyReply> {
  const executions = new Executions(call.state);
  let reply: AnyReply;
  try {
    reply = await next(call);
  } catch (reason) {
    const error = InferwayError.from(reason);
    await claim.end(endOf(call, claim, executions, error));
    throw error;
  }
  let answer: KeptAnswer | undefined;
  record(reply, call, { timing: false, maxBytes }, (kept) => {
    answer = kept;
  });
  const text = (): string => answerText(claim.name.key, answer, maxBytes);
  if (reply.stream) {
    (reply as StreamReply).events.observe({
      // After the recorder, which has kept the answer by then if it is whole.
      end({ status, error }) {
        if (status === 'complete') void claim.end(text());
        // By its reader, whatever reason it gave.
        else if (status === 'cancelled' || error === undefined) void claim.end(undefined);
        else void claim.end(endOf(call, claim, executions, error));
      },
    });
  } else await claim.end(text());
  return reply;
}

/** What is kept of a failure; undefined: nothing, and the key is free. */
function endOf(
  call: Call,
  claim: HeldClaim,
  executions: Executions,
  error: InferwayError,
): string | undefined {
  // Whoever was left without an answer, by a broken connection or a gateway that stops, is to get one when it asks again.
  const isLeft = error.code === 'aborted' || (call.signal.aborted && error.code !== 'timeout');
  if (isLeft || !executions.any(error)) return undefined;
  return errorText(claim.name.key, error);
}
