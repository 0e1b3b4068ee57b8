import { expect, test } from 'vitest';
import { Aimd } from '../../../src/middleware/limit/aimd.js';

test('a limit is said to be lowered where it was, once for calls that began together', () => {
  const aimd = new Aimd({ initial: 8, max: 8, backoff: 0.5 });
  for (let call = 0; call < 3; call++) aimd.start();
  expect(aimd.overloaded(1000, 5000)).toBe(true);
  expect([aimd.limit, aimd.running]).toEqual([4, 2]);
  // It began before that.
  expect(aimd.overloaded(1000, 500_000)).toBe(false);
  expect([aimd.limit, aimd.running]).toEqual([4, 1]);
  expect(aimd.overloaded(400_000, 500_000)).toBe(true);
  expect([aimd.limit, aimd.isIdle]).toEqual([2, true]);
});
