import { fakeError } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { askedWaitMs, retryDelayMs } from '../../src/middleware/retry-delay.js';
import { RetryQuota } from '../../src/middleware/retry-quota.js';

const owner = { provider: 'a', credential: 'k' };
const error = fakeError('server');

test('a wait that nobody asked for may be none at all', () => {
  expect(retryDelayMs({ baseMs: 500, maxMs: 1000 }, 1, undefined, 0)).toBe(0);
});

test('a retry that came through gives back what it took, all of it, and once', () => {
  const quota = new RetryQuota();
  const first = quota.take(owner, error);
  expect(quota.full).toBe(false);
  quota.succeeded(owner, first);
  // A bucket that is full again is kept no longer, and nothing has to be filled.
  expect(quota.full).toBe(true);

  let last = quota.take(owner, error);
  for (let taken = 1; taken < 20; taken++) last = quota.take(owner, error);
  expect(quota.take(owner, error)).toBeUndefined();
  quota.succeeded(owner, last);
  expect(quota.take(owner, error)).toBeDefined();
  expect(quota.take(owner, error)).toBeUndefined();
});

test('a wait that was asked for is taken where a timer can run it', () => {
  const asked = [0, 50, 2_147_483_647, 2_147_483_648, -1, Number.NaN, Number.POSITIVE_INFINITY];
  expect(
    asked.map((retryAfterMs) => askedWaitMs(fakeError('rate_limit', { retryAfterMs }))),
  ).toEqual([100, 100, 2_147_483_647, undefined, undefined, undefined, undefined]);
});
