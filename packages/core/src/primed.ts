import type { Call } from './call.js';
import type { AnyReply } from './reply.js';
import { isContentByDefault } from './traits.js';

/**
 * Settles at the commit point: for a stream its first content event (law 1), for a unary reply at once.
 * What comes before it is held back and delivered first, so a caller that retries never shows a preamble twice.
 */
export async function primed<R extends AnyReply>(reply: R, call: Call): Promise<R> {
  if (reply.stream) {
    const traits = call.state.runtime.traits(call.operation);
    await reply.events.prime(
      (traits?.isContent ?? isContentByDefault) as (event: unknown) => boolean,
    );
  }
  return reply;
}
