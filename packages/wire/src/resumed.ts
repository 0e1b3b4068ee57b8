import { takenBack, type Resumed } from '@inferway/core';

/**
 * What a caller sees of an answer that broke off and goes on. Text that grows on is told in a comment of the stream, which every client skips.
 * Text that was sent cannot be taken back in these protocols: an answer that begins anew is a failure to such a caller.
 *
 * @throws {InferwayError} for a restart, with the code of what had broken the answer.
 */
export function writeResumed({ mode, error, provider, model }: Resumed): string {
  if (mode === 'restart') throw takenBack(error);
  return `: resumed ${JSON.stringify({ mode, error, provider, model })}\n\n`;
}
