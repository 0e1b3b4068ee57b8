import type { IncomingHttpHeaders } from 'node:http';
import { InferwayError, stateKey, type StateKey } from '@inferway/core';

const HEADER = 'idempotency-key';

/** What a caller asked for in words that its request no longer shows: the route, and the model's name. An alias may have led elsewhere. */
export const ASKED: StateKey<readonly string[]> = stateKey('what the caller asked for');

/**
 * The key by which the caller names its call, so that it is executed once however often it is sent. What a key may be, the layer checks.
 *
 * @param isServed Whether the chain has that layer. To leave the header unread would be a promise that nobody keeps.
 * @throws {InferwayError} `invalid_request` where it has not.
 */
export function idempotencyKeyOf(
  headers: IncomingHttpHeaders,
  isServed: boolean,
): string | undefined {
  const key = headers[HEADER];
  if (key === undefined || isServed) return key as string | undefined;
  throw new InferwayError('invalid_request', {
    message:
      'This gateway executes a call as often as it is sent: its setting "idempotency" is false. Leave the header Idempotency-Key out, or have the setting changed.',
    param: 'Idempotency-Key',
  });
}
