import type { InferwayError } from '../error.js';

/** Whether the provider may have done the work: not where it answered with a refusal, nor where nothing reached it. */
export function maybeBilled(error: InferwayError): boolean {
  if (error.status !== undefined && error.status >= 300) return false;
  if (error.sent === 'no' || error.phase === 'connect') return false;
  switch (error.code) {
    case 'timeout':
    case 'connection':
    case 'protocol':
    case 'empty_response':
    case 'stream_interrupted':
    case 'aborted':
    case 'too_large':
      return true;
    default:
      return false;
  }
}
