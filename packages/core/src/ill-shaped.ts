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
      'The request has not the shape of its type: something is missing, null, of another type, or no JSON. Nothing was sent; "cause" says where.',
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
