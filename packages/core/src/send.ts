import type { Call } from './call.js';
import type { Next } from './middleware.js';
import type { AnyReply } from './reply.js';

/** What `next` gives. One that a middleware of the user's own hands in may throw at once, or answer at once: that is a promise like any other. */
export function send(call: Call, next: Next): Promise<AnyReply> {
  try {
    return Promise.resolve(next(call) as Promise<AnyReply>);
  } catch (reason) {
    return Promise.reject(reason);
  }
}
