import { randomBytes } from 'node:crypto';

const SANE = /^[\w.:-]{1,128}$/u;

// Random once a process and counted in it: as unique as a random id each, at a tenth of the cost.
const PROCESS = randomBytes(12).toString('base64url');
let count = 0;

/** The caller's own id where it can stand in a header and a log line as it is, else a new one. */
export function requestIdOf(given: string | string[] | undefined): string {
  if (typeof given === 'string' && SANE.test(given)) return given;
  count += 1;
  return `req_${PROCESS}${count.toString(36)}`;
}
