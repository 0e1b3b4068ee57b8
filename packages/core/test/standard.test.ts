import { cache } from '@inferway/core/caching';
import { createClient } from '@inferway/core';
import { pool, priceTable, standard } from '@inferway/core/middleware';
import { fail, fakeProvider, say, virtualClock, wait } from '@inferway/core/testing';
import { expect, test } from 'vitest';

test('the standard chain retries, falls back, charges each attempt once and answers the second call from its cache', async () => {
  const clock = virtualClock();
  const flaky = fakeProvider({ name: 'flaky', script: () => [wait(10), fail('overloaded')] });
  const good = fakeProvider({ name: 'good', script: say('hello there world') });
  const charges: unknown[] = [];
  const client = createClient({
    providers: [flaky, good],
    clock,
    attempts: 6,
    middleware: standard({
      cache: cache({ scope: 'shared' }),
      fallback: { targets: ['good/x'] },
      auth: { good: pool(['k1', 'k2']) },
      cost: {
        prices: priceTable({ 'good/*': { input: 1, output: 2 } }),
        onCharge: (charge) => charges.push(charge.status),
      },
    }),
  });
  const running = client.chat({ model: 'flaky/y', messages: [{ role: 'user', content: 'hi' }] });
  await clock.advance(100_000);
  const answer = await running;
  expect(answer.text).toBe('hello there world');
  expect(answer.cost).toEqual({ known: true, total: 16_000, source: 'price' });
  expect(answer.meta.attempts?.length).toBe(4);
  const again = await client.chat.stream({
    model: 'flaky/y',
    messages: [{ role: 'user', content: 'hi' }],
  });
  expect(await again.text).toBe('hello there world');
  expect(again.cost).toEqual({ known: true, total: 0, source: 'price' });
  expect(clock.timers).toBe(0);
  expect(charges).toEqual(['failed', 'failed', 'failed', 'complete']);
});

test.each([
  ['cache', { cache: { scope: 'shared' } as never }],
  ['breaker', { breaker: {} as never }],
  ['hedge', { hedge: [undefined] as never }],
])('refuses options in the place of a layer that is made: %s', (param, options) => {
  expect(() => standard(options)).toThrow(
    expect.objectContaining({ code: 'configuration', param }),
  );
});
