import { caller, createClient, type CallOptions, type State } from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { cost, priceTable, standard, type StandardOptions } from '@inferway/core/middleware';
import { hedge, resume } from '@inferway/core/resilience';
import { budget, ledger } from '@inferway/core/spending';
import { memoryLedger, memoryQuota } from '@inferway/core/stores';
import {
  fail,
  fakeProvider,
  say,
  settle,
  stall,
  virtualClock,
  wait,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';
import { expect, test } from 'vitest';

// Each attempt has one row, and nothing stays reserved, however calls and attempts part.

const input = {
  model: 'fake/m',
  messages: [{ role: 'user', content: 'hi' }],
  maxOutputTokens: 100,
} as const;
const as = (user: string): CallOptions => ({
  state: (state: State) => state.set(caller, { user }),
});

function setUp(script: Script, layers: StandardOptions) {
  const clock: VirtualClock = virtualClock();
  const prices = priceTable({ 'fake/*': { input: 1, output: 1 } });
  const provider = fakeProvider({ script });
  const rows = memoryLedger();
  const books = ledger({ ledger: rows, clock });
  const budgets = budget({
    store: memoryQuota({ clock }),
    prices,
    budgets: [{ name: 'all', usd: 1, period: 'day' }],
  });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: standard({ ledger: books, budget: budgets, cost: cost({ prices }), ...layers }),
  });
  const written = async () => {
    await settle();
    await books.flush();
    const page = await rows.rows({}, undefined);
    return page.rows
      .toSorted((a, b) => a.attempt - b.attempt)
      .map((row) => [row.attempt, row.status, row.possiblyBilled, row.caller.user]);
  };
  const held = async () => {
    const page = await rows.rows({}, undefined);
    const [state] = await budgets.states();
    const paid = page.rows.reduce((sum, row) => sum + (row.cost ?? 0), 0);
    return { reserved: state?.reserved, spentIsPaid: state?.spent === paid };
  };
  return { clock, client, provider, written, held };
}

test('a hedge: the copy that lost has its row and gives its reservation back', async () => {
  const { client, clock, written, held } = setUp(
    (_call, n) => (n === 1 ? [stall()] : say('second')),
    { hedge: hedge({ delayMs: 50 }) },
  );
  const answer = client.chat(input, as('ada'));
  await clock.advance(50);
  await answer;
  expect(await written()).toEqual([
    [1, 'cancelled', true, 'ada'],
    [2, 'complete', false, 'ada'],
  ]);
  expect(await held()).toEqual({ reserved: 0, spentIsPaid: true });
});

test('a shared call: one row, of the caller who asked first, also where that one left', async () => {
  const { client, clock, written, held } = setUp([wait(100), ...say('shared')], {
    coalesce: coalesce({ scope: 'shared' }),
  });
  const controller = new AbortController();
  const first = client
    .chat(input, { ...as('ada'), signal: controller.signal })
    .catch((reason: unknown) => reason);
  const second = client.chat(input, as('bob'));
  await clock.advance(50);
  controller.abort();
  expect(await first).toMatchObject({ code: 'aborted' });
  await clock.advance(50);
  expect((await second).text).toBe('shared');
  expect(await written()).toEqual([[1, 'complete', false, 'ada']]);
  expect(await held()).toEqual({ reserved: 0, spentIsPaid: true });
});

test('an answer that goes on: a row for each part', async () => {
  const { client, clock, written, held } = setUp(
    (_call, n) => (n === 1 ? [...say('one two').slice(0, 4), fail('connection')] : say('two')),
    { resume: resume({ mode: 'continue', prefill: ['fake/*'], baseMs: 1 }) },
  );
  const stream = await client.chat.stream(input, as('ada'));
  const result = stream.result;
  await clock.advance(10);
  expect((await result).text).toBe('one two');
  expect(await written()).toEqual([
    [1, 'failed', false, 'ada'],
    [2, 'complete', false, 'ada'],
  ]);
  expect(await held()).toEqual({ reserved: 0, spentIsPaid: true });
});
