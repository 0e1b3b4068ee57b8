import { createClient, type ErrorCode } from '@inferway/core';
import { retry } from '@inferway/core/middleware';
import { fail, fakeError, fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { RetryQuota } from '../../src/middleware/retry-quota.js';
import { errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;

describe('the quota over all calls', () => {
  const amplification = async (
    failureRate: number,
    calls: number,
    code: ErrorCode = 'overloaded',
  ) => {
    const clock = virtualClock({ seed: 7 });
    const provider = fakeProvider({
      script: () => (clock.random() < failureRate ? [fail(code)] : say('x')),
    });
    const client = createClient({ providers: [provider], middleware: [retry()], clock });
    for (let call = 0; call < calls; call++) {
      const running = client.chat({ model: 'fake/m', messages }).catch(() => undefined);
      await clock.advance(60_000);
      await running;
    }
    return provider.attempts.length / calls;
  };

  test('keeps the load of a provider that always fails near one attempt a call', async () => {
    expect(await amplification(1, 1500)).toBeLessThanOrEqual(1.1);
  });

  test('spends timeouts twice as fast', async () => {
    expect(await amplification(1, 1000, 'timeout')).toBeLessThanOrEqual(1.06);
  });

  test('does not hinder retries while most calls succeed', async () => {
    expect(await amplification(0.1, 1000)).toBeGreaterThan(1.08);
  });

  test('recovers when the provider does', async () => {
    const clock = virtualClock();
    let down = true;
    let calls = 0;
    const provider = fakeProvider({
      // After the outage: one failure, then an answer.
      script: () => (down || calls++ % 2 === 0 ? [fail('server')] : say('x')),
    });
    const client = createClient({ providers: [provider], middleware: [retry()], clock });
    const call = async (): Promise<boolean> => {
      const running = client.chat({ model: 'fake/m', messages }).then(
        () => true,
        () => false,
      );
      await clock.advance(60_000);
      return running;
    };
    for (let i = 0; i < 200; i++) await call();
    const before = provider.attempts.length;
    expect(await call()).toBe(false);
    expect(provider.attempts.length - before).toBe(1);
    down = false;
    calls = 1;
    for (let i = 0; i < 6; i++) {
      calls = 1;
      expect(await call()).toBe(true);
    }
    calls = 0;
    expect(await call()).toBe(true);
  });

  test('is kept apart for each provider and credential', async () => {
    const clock = virtualClock();
    const a = fakeProvider({ name: 'a', script: [fail('server')] });
    const b = fakeProvider({
      name: 'b',
      script: (_call, attempt) => (attempt === 1 ? [fail('server')] : say('at last')),
    });
    const client = createClient({ providers: [a, b], middleware: [retry()], clock });
    for (let i = 0; i < 100; i++) {
      const running = errorOf(client.chat({ model: 'a/m', messages }));
      await clock.advance(60_000);
      await running;
    }
    const running = client.chat({ model: 'b/m', messages });
    await clock.advance(60_000);
    expect((await running).text).toBe('at last');
  });
});

test('the quota remembers so many credentials and no more', () => {
  const quota = new RetryQuota();
  const error = fakeError('rate_limit');
  const take = (credential: string): boolean =>
    quota.take({ provider: 'p', credential }, error) !== undefined;
  const spent = Array.from({ length: 21 }, () => take('first'));
  expect(spent.indexOf(false)).toBe(20);
  for (let i = 1; i < 1000; i++) take(`key ${i}`);
  expect(take('first')).toBe(false);
  // One more key pushes out the oldest, which is then as good as new.
  take('one more');
  expect(take('first')).toBe(true);
});

test('a rate limit spends the quota of its credential, any other failure that of the provider with all its credentials', () => {
  const quota = new RetryQuota();
  const spend = (credential: string, code: ErrorCode): number => {
    let times = 0;
    while (quota.take({ provider: 'p', credential }, fakeError(code)) !== undefined) times++;
    return times;
  };
  expect(spend('a', 'rate_limit')).toBe(20);
  expect(spend('b', 'rate_limit')).toBe(20);
  expect(spend('a', 'overloaded')).toBe(20);
  expect(spend('b', 'overloaded')).toBe(0);
  // Six successes with one credential are one retry, of either kind.
  for (let i = 0; i < 6; i++) quota.succeeded({ provider: 'p', credential: 'a' }, undefined);
  expect([spend('a', 'rate_limit'), spend('b', 'rate_limit'), spend('b', 'server')]).toEqual([
    1, 0, 1,
  ]);
});
