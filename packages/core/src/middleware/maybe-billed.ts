import type { InferwayError } from '../error.js';

/** Whether the provider may have done the work: not where it answered with a refusal, nor where nothing reached it, unless the error itself says so. */
export function maybeBilled(error: InferwayError): boolean {
  if (error.sent === 'no' || error.phase === 'connect') return false;
  // Who says it knows of work before the refusal: a file that was made and paid for, and is gone from its storage (404).
  if (error.sent === 'maybe') return true;
  if (error.status !== undefined && error.status >= 300) return false;
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
