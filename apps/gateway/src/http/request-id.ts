import { randomUUID } from 'node:crypto';

const SANE = /^[\w.:-]{1,128}$/u;

/** The caller's own id where it can stand in a header and a log line as it is, else a new one. */
export function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && SANE.test(given) ? given : `req_${randomUUID()}`;
}
