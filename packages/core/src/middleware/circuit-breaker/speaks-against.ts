import type { InferwayError } from '../../error.js';

/**
 * Whether an error is the target's fault. Refusals with a status of 4xx are not (a wrong request, a refused key, a rate limit, which rests a
 * credential instead), nor is what the caller ended, nor what is set up wrongly.
 */
export function speaksAgainst(error: InferwayError): boolean {
  switch (error.code) {
    case 'overloaded':
      // A breaker or a queue further in refused it: the target was not asked.
      return error.sent !== 'no';
    case 'empty_response':
    case 'stream_interrupted':
      return true;
    case 'server':
      // A wrong address, too.
      return error.status === undefined || error.status < 300 || error.status >= 400;
    case 'connection':
    case 'protocol':
      // No such host, a refused certificate, a redirect: a wrong address, which is ours to mend.
      return error.retryable;
    case 'timeout':
      // Only the time of the call as a whole is the caller's; a 408 or 504 is the provider's even where it is not to be tried again.
      return error.phase !== 'total' && (error.retryable || error.status !== undefined);
    default:
      return false;
  }
}
