import type { ErrorCode } from '@inferway/core';

/** What a status means: its code, and where that code's usual advice does not fit. */
export interface StatusMeaning {
  readonly code: ErrorCode;
  readonly retryable?: boolean;
  readonly fallbackable?: boolean;
}

const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  400: { code: 'invalid_request' },
  401: { code: 'authentication' },
  402: { code: 'billing' },
  403: { code: 'permission' },
  404: { code: 'not_found' },
  405: { code: 'unsupported', fallbackable: false },
  408: { code: 'timeout' },
  // A lock that another call holds: what is asked of a model changes nothing of the caller's.
  409: { code: 'conflict', fallbackable: true },
  // SambaNova: a retired model.
  410: { code: 'not_found' },
  // Fireworks: the account is suspended.
  412: { code: 'permission' },
  413: { code: 'too_large' },
  414: { code: 'too_large' },
  415: { code: 'invalid_request' },
  422: { code: 'invalid_request' },
  // TGI: the generation failed; Bedrock: the model did.
  424: { code: 'server' },
  425: { code: 'conflict', fallbackable: true },
  429: { code: 'rate_limit' },
  451: { code: 'permission' },
  // Groq: no flex capacity now.
  498: { code: 'overloaded' },
  501: { code: 'unsupported', fallbackable: false },
  503: { code: 'overloaded' },
  504: { code: 'timeout' },
  505: { code: 'unsupported', fallbackable: false },
  529: { code: 'overloaded' },
};

const SERVER: StatusMeaning = { code: 'server' };
// Not followed: the address is wrong.
const REDIRECT: StatusMeaning = { code: 'protocol', retryable: false, fallbackable: false };
const CLIENT: StatusMeaning = { code: 'invalid_request' };

/** The meaning of an error status; of anything below 400, that of an answer that has no business there. */
export function statusMeaning(status: number): StatusMeaning {
  const known = MEANINGS[status];
  if (known !== undefined) return known;
  if (status >= 300 && status < 400) return REDIRECT;
  return status >= 500 || status < 300 ? SERVER : CLIENT;
}
