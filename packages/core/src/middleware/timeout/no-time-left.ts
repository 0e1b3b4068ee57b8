import type { Call } from '../../call.js';
import { remainingMs } from '../../deadline.js';
import { InferwayError } from '../../error.js';

/** The error of an attempt that is not begun, since the call has too little time for it. */
export function noTimeLeft(call: Call): InferwayError {
  const { provider, id } = call.model;
  const left = Math.max(0, Math.floor(remainingMs(call.state)));
  return new InferwayError('timeout', {
    message: `The call has ${left} ms left, which is too little for an attempt at ${provider}/${id}; nothing was sent. Give it more time, or lower leastMs.`,
    phase: 'total',
    retryable: false,
    fallbackable: false,
    provider,
    model: id,
    sent: 'no',
  });
}
