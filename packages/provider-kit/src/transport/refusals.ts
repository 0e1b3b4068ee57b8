import { InferwayError } from '@inferway/core';

/** A redirect would carry the key and the prompt to wherever it points. */
export function redirectRefused(origin: string, status: number): InferwayError {
  return new InferwayError('protocol', {
    message: `${origin} answered with a redirect (${status === 0 ? '3xx' : status}), which is never followed because it would carry the key and the request elsewhere. Give the final address as the base URL.`,
    ...(status === 0 ? {} : { status }),
    retryable: false,
    fallbackable: false,
  });
}

export function bodyTooLarge(origin: string, maxBytes: number): InferwayError {
  return new InferwayError('too_large', {
    message: `The answer of ${origin} is larger than ${maxBytes} bytes after decoding. Raise maxBodyBytes of the transport if that is meant.`,
    sent: 'maybe',
  });
}

export function encodingRefused(origin: string, encoding: string): InferwayError {
  return new InferwayError('protocol', {
    message: `${origin} answered with the content encoding ${JSON.stringify(encoding.slice(0, 60))}; at most two of gzip, deflate and br are undone.`,
    retryable: false,
    sent: 'maybe',
  });
}

export function encodingBroken(origin: string, cause: unknown): InferwayError {
  return new InferwayError('connection', {
    message: `The compressed answer of ${origin} is damaged or was cut off.`,
    sent: 'maybe',
    cause,
  });
}

/** The answer was dropped by its reader. */
export function bodyDropped(): InferwayError {
  return new InferwayError('aborted', { message: 'The answer was dropped before its end.' });
}
