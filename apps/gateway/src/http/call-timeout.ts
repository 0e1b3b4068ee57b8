import { InferwayError } from '@inferway/core';
import type { IncomingHttpHeaders } from 'node:http';

const HEADER = 'x-inferway-timeout-ms';
// Longer than any timer runs is as good as no limit.
const LONGEST_MS = 2_147_483_647;

/**
 * How long the caller waits for the call, as it says in `x-inferway-timeout-ms`: a bound beside the gateway's own, whichever ends first.
 * A gateway or a client of ours that passes a call on sends what is left of its own time.
 *
 * @throws {InferwayError} `invalid_request` for anything but a whole number of milliseconds from 1.
 */
export function callTimeoutMs(headers: IncomingHttpHeaders): number | undefined {
  const given = headers[HEADER];
  if (given === undefined) return undefined;
  const ms = typeof given === 'string' && /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  if (ms < 1) {
    throw new InferwayError('invalid_request', {
      message: `The header ${HEADER} must be a whole number of milliseconds, 1 or more. Correct it, or leave it out.`,
      param: HEADER,
    });
  }
  return Math.min(ms, LONGEST_MS);
}
