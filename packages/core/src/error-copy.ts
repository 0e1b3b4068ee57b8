import { InferwayError } from './error.js';

/**
 * The same failure as an error of its own, for another call that it ends, too: what an error holds besides (the answer so far, the attempts) is
 * of one call alone.
 */
export function copyError(error: InferwayError): InferwayError {
  const copy = new InferwayError(error.code, error);
  if (error.usage !== undefined) copy.usage = error.usage;
  if (error.failures !== undefined) copy.failures = [copy, ...error.failures.slice(1)];
  return copy;
}
