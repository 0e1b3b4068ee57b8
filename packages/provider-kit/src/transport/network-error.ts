import { InferwayError, type ErrorCode, type ErrorDetails } from '@inferway/core';

/** How far an exchange had come when its connection failed. */
export interface ExchangePhase {
  readonly origin: string;
  /** Whether the request, or a part of it, was written; undefined where the transport cannot tell and the failure must. */
  readonly sent: boolean | undefined;
}

interface Meaning {
  readonly code?: ErrorCode;
  readonly retryable?: boolean;
  readonly fallbackable?: boolean;
  readonly text: string;
  readonly phase?: 'connect';
  /** It can only happen before anything was written. */
  readonly unsent?: true;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  // A wrong address is ours to mend: no other provider is to hide it, and to be paid, for ever.
  ENOTFOUND: {
    retryable: false,
    fallbackable: false,
    unsent: true,
    text: 'no such host; check the base URL',
  },
  EAI_AGAIN: { unsent: true, text: 'the name could not be resolved for now' },
  ECONNREFUSED: { unsent: true, text: 'nothing listens there; is the server running?' },
  UND_ERR_CONNECT_TIMEOUT: {
    code: 'timeout',
    phase: 'connect',
    unsent: true,
    text: 'no connection in time',
  },
  ETIMEDOUT: { code: 'timeout', phase: 'connect', text: 'no connection in time' },
  UND_ERR_CLOSED: { retryable: false, text: 'the transport has been closed' },
  UND_ERR_DESTROYED: { retryable: false, text: 'the transport has been closed' },
  UND_ERR_HEADERS_OVERFLOW: {
    code: 'protocol',
    retryable: false,
    text: 'its headers are too large',
  },
  UND_ERR_INVALID_ARG: { code: 'internal', text: 'the request could not be written' },
};

const LOST: Meaning = { text: 'the connection was lost' };
const NOT_HTTP: Meaning = { code: 'protocol', text: 'the answer is not valid HTTP' };
const BAD_TLS: Meaning = {
  retryable: false,
  fallbackable: false,
  unsent: true,
  text: 'its TLS certificate or handshake was refused; encryption is never downgraded',
};

// Node's names for a certificate that does not check out, and OpenSSL's for a handshake that fails.
const TLS_CODE =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|EPROTO)/u;

/** Turns a failure of the network into the one error class. `sent` says whether the provider may have executed the call. */
export function networkError(cause: unknown, phase: ExchangePhase): InferwayError {
  if (InferwayError.is(cause)) return cause;
  const source = sourceOf(cause);
  const code = source?.code;
  const meaning = source === undefined ? LOST : meaningOf(source);
  const sent = phase.sent ?? meaning.unsent !== true;
  const details: ErrorDetails = {
    message: `${sent ? 'The exchange with' : 'Connecting to'} ${phase.origin} failed: ${meaning.text}${code === undefined ? '' : ` (${code})`}.`,
    retryable: meaning.retryable,
    fallbackable: meaning.fallbackable,
    phase: meaning.phase,
    sent: sent ? 'maybe' : 'no',
    cause,
  };
  return new InferwayError(meaning.code ?? 'connection', details);
}

/** True for a connection that the other side closed, as it does with an idle one just when a request is written. */
export function isClosedConnection(cause: unknown): boolean {
  const code = sourceOf(cause)?.code;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

interface Source {
  readonly code: string | undefined;
  readonly message: string;
}

function meaningOf({ code, message }: Source): Meaning {
  if (code === undefined) return /invalid eof/iu.test(message) ? LOST : NOT_HTTP;
  return MEANINGS[code] ?? (TLS_CODE.test(code) ? BAD_TLS : LOST);
}

// fetch wraps the network's error, sometimes twice; several addresses of one host fail as an AggregateError. Undici's parser gives its
// errors a name and no code, also to a FIN inside a chunked body, which is a lost connection.
function sourceOf(cause: unknown, depth = 0): Source | undefined {
  if (typeof cause !== 'object' || cause === null || depth > 3) return undefined;
  const { code, name, message, cause: inner, errors } = cause as Record<string, unknown>;
  if (typeof code === 'string') return { code, message: '' };
  if (name === 'HTTPParserError') return { code: undefined, message: String(message) };
  return (
    sourceOf(inner, depth + 1) ?? sourceOf(Array.isArray(errors) ? errors[0] : undefined, depth + 1)
  );
}
