import { InferwayError } from '../../error.js';
import { KEY_PARAM } from './idempotency-key.js';

/** Soon enough for who waits, and rare enough for a call that takes a minute. */
const RUNNING_AGAIN_MS = 1000;

/** A call with this key runs. */
export function running(): InferwayError {
  return new InferwayError('conflict', {
    message: `A call with this ${KEY_PARAM} is running. Send it again with the same key to get its answer.`,
    retryAfterMs: RUNNING_AGAIN_MS,
    sent: 'no',
  });
}

/** The key is another call's. */
export function mismatch(): InferwayError {
  return new InferwayError('invalid_request', {
    message: `This ${KEY_PARAM} was used with other parameters. Send the very same request, or a new key.`,
    param: KEY_PARAM,
    sent: 'no',
  });
}

/** The call was executed, and there is nothing to answer a repeat with. */
export function unkept(): InferwayError {
  return new InferwayError('conflict', {
    message: `The call with this ${KEY_PARAM} was executed, but its answer was too large or of no form to be kept. Send a new key to execute it again, or raise maxAnswerBytes.`,
    retryable: false,
    sent: 'no',
  });
}

/** A request that cannot be told from others. */
export function incomparable(): InferwayError {
  return new InferwayError('invalid_request', {
    message: `This request holds what JSON cannot, so that a repeat cannot be told from another call. Send it without ${KEY_PARAM}.`,
    param: KEY_PARAM,
    sent: 'no',
  });
}

/** Nobody can tell whether the call was executed before. */
export function storeAway(retryAfterMs: number): InferwayError {
  return new InferwayError('overloaded', {
    message: `The store of idempotency keys cannot take this call, so that nobody knows whether it was executed before. Nothing was sent. Send it again later, or without ${KEY_PARAM}.`,
    fallbackable: false,
    retryAfterMs,
    sent: 'no',
  });
}
