import { callId, createClient, type State } from '@inferway/core';
import { cost, priceTable } from '@inferway/core/middleware';
import { ledger } from '@inferway/core/spending';
import { memoryLedger } from '@inferway/core/stores';
import { fakeProvider, say, virtualClock, wait } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { messages } from './set-up.js';

const prices = priceTable({ 'fake/*': { input: 1, output: 1 } });
const state = (to: State): void => to.set(callId, 'request-7');

function setUp() {
  const clock = virtualClock();
  const rows = memoryLedger();
  const books = ledger({ ledger: rows, clock });
  const client = createClient({
    providers: [fakeProvider({ script: [wait(10), ...say('x')] })],
    clock,
    middleware: [books, cost({ prices })],
  });
  const written = async () => {
    await books.flush();
    return (await rows.rows({ callId: 'request-7' })).rows;
  };
  return { clock, client, written };
}

test('an id that the application gives twice costs no row: one call after the other, or side by side', async () => {
  const { clock, client, written } = setUp();
  const ask = () => client.chat({ model: 'fake/m', messages }, { state });
  for (const calls of [[ask()], [ask(), ask()]]) {
    await clock.advance(10);
    await Promise.all(calls);
    await clock.advance(10);
  }
  const rows = await written();
  expect(rows).toHaveLength(3);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
});

test('nor do the items of a batch that share one', async () => {
  const { clock, client, written } = setUp();
  await client.batch.create(
    { model: 'fake/m', items: [{ messages }, { messages }, { messages }] },
    { state },
  );
  await clock.advance(1000);
  expect(await written()).toHaveLength(3);
});
