import { InferwayError } from './error.js';

/**
 * Refuses a secret that no header can carry, when it is loaded: an HTTP client would print the whole of it in its own error (S06).
 *
 * @param where Names the source for the message; the value is never in it.
 * @throws {InferwayError} `configuration`.
 */
export function checkSecret(secret: unknown, where: string): string {
  const fault = faultOf(secret);
  if (fault === undefined) return secret as string;
  throw new InferwayError('configuration', {
    message: `The secret from ${where} ${fault}. Copy the key again, without quotes, spaces or line ends around it.`,
  });
}

function faultOf(secret: unknown): string | undefined {
  if (typeof secret !== 'string') return 'is not a string';
  if (secret.trim() === '') return 'is empty';
  if (/[\r\n]/u.test(secret)) return 'holds a line end';
  if (secret.trim() !== secret) return 'has white space around it';
  if (/[\u0000-\u001f\u007f-\u009f]/u.test(secret)) return 'holds a control character';
  if (/[^\u0000-\u00ff]/u.test(secret)) return 'holds a character outside of Latin-1';
  return undefined;
}
