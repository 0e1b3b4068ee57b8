import { InferwayError, type ErrorCode } from '@inferway/core';

/** A failure of the store. Another model or a second try of the call does not help: what happens then, the layer above decides. */
export function redisError(
  code: Extract<ErrorCode, 'connection' | 'timeout' | 'server'>,
  server: string,
  what: string,
  cause?: unknown,
): InferwayError {
  return new InferwayError(code, {
    message: `redis at ${server}: ${what}`,
    retryable: false,
    fallbackable: false,
    cause,
  });
}

/** The word that Redis begins its errors with, such as `NOSCRIPT`. Its further text may quote what was sent. */
export function redisWord(reason: unknown): string | undefined {
  if (!(reason instanceof Error)) return undefined;
  return /^[A-Z][A-Z0-9]{2,}(?= |$)/u.exec(reason.message)?.[0];
}

/** The same, or Node's word for why there is no connection, such as `ECONNREFUSED`. */
export function connectWord(reason: unknown): string | undefined {
  const { code } = reason as { code?: unknown };
  return typeof code === 'string' ? code : redisWord(reason);
}
