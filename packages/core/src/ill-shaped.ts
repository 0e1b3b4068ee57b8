import { InferwayError } from './error.js';

/**
 * What was thrown while a request was read to be sent. Types hold off most requests of a wrong shape, yet not those of plain JavaScript: what
 * reading them trips over is the caller's to mend. Anything else stays as it is.
 */
export function illShaped(reason: unknown): unknown {
  if (!(reason instanceof TypeError || reason instanceof RangeError)) return reason;
  // What the engine says may quote the request: it stays in the cause.
  return new InferwayError('invalid_request', {
    message:
      'The request is not of the shape that its type has: something in it is missing, null, of another type, or no JSON. Nothing was sent. Hold it against the type; "cause" says where reading it stopped.',
    sent: 'no',
    cause: reason,
  });
}

/** What `make` makes of a request, its failures told as `illShaped` tells them. */
export async function readShape<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (reason) {
    throw illShaped(reason);
  }
}
