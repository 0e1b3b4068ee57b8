import { createClient } from '@inferway/core';
import { limitTargets } from '@inferway/core/limits';
import { cost, retry, standard } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { budget, ledger } from '@inferway/core/spending';
import { memoryLedger, memoryQuota } from '@inferway/core/stores';
import { fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { dollarsOf, nanosOf, prices } from './bench.js';

const input = {
  model: 'fake/m',
  messages: [{ role: 'user', content: 'hi' }],
  maxOutputTokens: 100,
} as const;

function chain() {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const provider = fakeProvider({
    script: say('x', { usage: { inputTokens: 100, outputTokens: 50 } }),
  });
  const budgets = budget({
    store,
    prices,
    budgets: [{ name: 'all', usd: dollarsOf(500), period: 'day' }],
  });
  const rows = memoryLedger();
  const books = ledger({ ledger: rows, clock });
  const breaker = circuitBreaker({ windowCalls: 1, minCalls: 1 });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: standard({
      ledger: books,
      budget: budgets,
      limits: limitTargets({ store, rules: [{ per: 'model', windowMs: 60_000, requests: 3 }] }),
      breaker,
      retry: retry(),
      cost: cost({ prices }),
    }),
  });
  return { clock, provider, budgets, books, rows, client };
}

test('a refusal gives the limits of other layers back, opens no breaker, and costs nothing in the ledger (F65)', async () => {
  const { client, clock, provider, budgets, books, rows } = chain();
  await client.chat(input);
  await client.chat(input);
  // There is no money for the third. It takes no place in the window of three requests, however often it asks.
  for (let again = 0; again < 10; again++) {
    await clock.advance(1000);
    expect((await errorOf(client.chat(input))).code).toBe('budget');
  }
  expect(provider.attempts.length).toBe(2);
  // A smaller one has money and the last place; after it there is no place, and its money stays where it is.
  await client.chat({ ...input, maxOutputTokens: 1 });
  expect((await budgets.states())[0]).toMatchObject({ spent: nanosOf(450), reserved: 0 });
  await clock.advance(86_400_000);
  expect((await client.chat(input)).usage?.outputTokens).toBe(50);

  const flushing = books.flush();
  await clock.advance(1000);
  await flushing;
  const sums = await rows.sum({});
  expect(sums.map(({ cost: sum }) => sum)).toEqual([nanosOf(4 * 150)]);
});
