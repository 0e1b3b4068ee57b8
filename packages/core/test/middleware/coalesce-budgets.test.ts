import { caller } from '@inferway/core';
import { cost, priceTable } from '@inferway/core/middleware';
import { budget } from '@inferway/core/spending';
import { memoryQuota } from '@inferway/core/stores';
import { say, wait } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { setUp } from './coalesce-rig.js';

test('a first caller whose budget refuses the attempt takes nobody along', async () => {
  const prices = priceTable({ 'fake/*': { input: 1, output: 1 } });
  let made = 0;
  const store = memoryQuota();
  // A store that takes its time, so that the others have joined when it refuses.
  const slow = {
    settle: store.settle.bind(store),
    renew: store.renew.bind(store),
    read: store.read.bind(store),
    restore: store.restore.bind(store),
    claim: store.claim.bind(store),
    reserve: async (...given: Parameters<typeof store.reserve>) => {
      made++;
      await Promise.resolve();
      return store.reserve(...given);
    },
  };
  const usd = (user: string): number => (user === 'poor' ? 0 : 1);
  const layers = [
    budget({ store: slow, prices, budgets: [{ name: 'u', per: 'user', usd, period: 'day' }] }),
    cost({ prices }),
  ];
  const { chat, clock, provider } = setUp([wait(10), ...say('one')], {}, layers);
  const ask = (user: string) => chat({ state: (state) => state.set(caller, { user }) });
  const asked = Promise.allSettled([ask('poor'), ask('rich'), ask('rich too')]);
  await clock.advance(1000);
  const [poor, ...others] = await asked;
  expect(poor).toMatchObject({ status: 'rejected', reason: { code: 'budget' } });
  expect(others).toMatchObject([{ value: { text: 'one' } }, { value: { text: 'one' } }]);
  expect(provider.attempts).toHaveLength(1);
  expect(made).toBe(2);
  expect(clock.timers).toBe(0);
});
