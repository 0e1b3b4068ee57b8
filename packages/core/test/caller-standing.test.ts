import {
  callerStanding,
  createClient,
  type Caller,
  type Standing,
  type State,
} from '@inferway/core';
import { limit, limitTargets, type LimitOptions, type LimitRule } from '@inferway/core/limits';
import { priceTable, standard } from '@inferway/core/middleware';
import { budget, type BudgetRule } from '@inferway/core/spending';
import { guardQuota, memoryQuota, type QuotaStore } from '@inferway/core/stores';
import {
  accept,
  emit,
  fakeProvider,
  fail,
  fakeError,
  say,
  stall,
  virtualClock,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from './helpers.js';
import { as, question } from './middleware/limit/limit-helpers.js';

const minute = 60_000;
const WHO: Caller = { tenant: 'acme', key: 'k', user: 'u', tags: ['t'] };

/** Hears what layers tell, the last word of each. */
function hearing(): { readonly set: (state: State) => void; readonly heard: () => Standing[] } {
  const told = new Map<object, () => readonly Standing[]>();
  return {
    set: (state) => state.set(callerStanding, { stands: (layer, read) => told.set(layer, read) }),
    heard: () => [...told.values()].flatMap((read) => read()),
  };
}

/** The same store without the way by hand: as one that is elsewhere. */
function elsewhere(store: QuotaStore): QuotaStore {
  const { reserve, settle, renew, read, restore, claim } = store;
  return {
    reserve: async (reservation) => reserve.call(store, reservation),
    settle: async (settlement) => settle.call(store, settlement),
    renew: async (ids, leaseMs) => renew.call(store, ids, leaseMs),
    read: async (limits) => read.call(store, limits),
    restore: async (spend, used, startsAt) => restore.call(store, spend, used, startsAt),
    claim: async (name, ttlMs) => claim.call(store, name, ttlMs),
  };
}

const STORES: readonly (readonly [string, (store: QuotaStore) => QuotaStore])[] = [
  ['in this process', (store) => store],
  ['elsewhere', elsewhere],
  ['elsewhere, and guarded', (store) => guardQuota(elsewhere(store), { processes: 1 })],
];

describe.each(STORES)('with a store %s', (where, put) => {
  const set = (rules: readonly LimitRule[], more: Partial<LimitOptions> = {}) => {
    const clock = virtualClock();
    const store = put(memoryQuota({ clock }));
    const provider = fakeProvider({ name: 'a', script: say('x') });
    const client = createClient({
      providers: [provider],
      clock,
      middleware: standard({ callerLimits: limit({ store, rules, ...more }) }),
    });
    const ask = async (who: Caller = WHO) => {
      const { set: listen, heard } = hearing();
      const asked = client.chat(
        { ...question, model: 'a/m', maxOutputTokens: 10 },
        {
          state: (state) => {
            as(who)(state);
            listen(state);
          },
        },
      );
      const error = await asked.then(() => undefined, errorOf.bind(undefined, asked));
      return { error, heard: heard() };
    };
    return { clock, ask };
  };

  test('a limit tells what is used of each figure, and when all of it is free again', async () => {
    const { ask, clock } = set([
      { per: 'key', windowMs: minute, requests: 2, totalTokens: 90, outputTokens: 80 },
    ]);
    const first = (await ask()).heard;
    expect(first.map(({ kind, limit: most }) => [kind, most])).toEqual([
      ['requests', 2],
      ['outputTokens', 80],
      ['tokens', 90],
    ]);
    expect(first[0]?.used).toBe(1);
    expect(first[1]?.used).toBeGreaterThan(0);
    for (const { resetMs } of first) {
      expect(resetMs).toBeGreaterThanOrEqual(minute);
      expect(resetMs).toBeLessThanOrEqual(minute + minute / 32);
    }
    await clock.advance(30_000);
    expect((await ask()).heard[0]).toMatchObject({ kind: 'requests', used: 2 });
  });

  test('a refusal tells how things stand, too', async () => {
    const { ask } = set([{ per: 'key', windowMs: minute, requests: 1 }]);
    await ask();
    const { error, heard } = await ask();
    expect(error).toMatchObject({ code: 'rate_limit' });
    expect(heard).toEqual([expect.objectContaining({ kind: 'requests', limit: 1, used: 1 })]);
  });

  test('what is shared with other tenants is not told, nor places', async () => {
    const rules: LimitRule[] = ['all', 'model', 'provider', 'tag'].map((per) => ({
      per: per as 'all',
      windowMs: minute,
      requests: 100,
    }));
    rules.push({ name: 'own', per: () => 'x', windowMs: minute, requests: 100 });
    rules.push({ per: 'key', concurrency: 3 });
    expect((await set(rules).ask()).heard).toEqual([]);
    const own: LimitRule[] = [
      { per: 'tenant', windowMs: minute, requests: 11 },
      { per: ['user', 'model'], windowMs: minute, requests: 12 },
      { per: 'team', windowMs: minute, requests: 13 },
    ];
    const told = (await set([...rules, ...own]).ask()).heard;
    expect(told.map((standing) => standing.limit)).toEqual([11, 12, 13]);
  });

  test('each caller hears of its own', async () => {
    const { ask } = set([{ per: 'key', windowMs: minute, requests: 9 }]);
    await ask();
    await ask();
    const [other] = (await ask({ tenant: 'bolt', key: 'k' })).heard;
    expect(other?.used).toBe(1);
    expect((await ask()).heard[0]?.used).toBe(3);
  });

  test('budgets tell what is spent and held, and a call that is refused hears it as well', async () => {
    const clock = virtualClock();
    const store = put(memoryQuota({ clock }));
    const prices = priceTable({ 'a/*': { input: 1, output: 1 } });
    const budgets: BudgetRule[] = [
      { name: 'all', usd: 5, period: 'day' },
      { name: 'mine', per: 'key', usd: 0.000_5, period: 'total' },
    ];
    const usage = { inputTokens: 200, outputTokens: 100 };
    const client = createClient({
      providers: [fakeProvider({ name: 'a', script: say('x', { usage }) })],
      clock,
      middleware: standard({ budget: budget({ store, budgets, prices }), cost: { prices } }),
    });
    const ask = async () => {
      const { set: listen, heard } = hearing();
      const asked = client.chat(
        { ...question, model: 'a/m', maxOutputTokens: 200 },
        {
          state: (state) => {
            as(WHO)(state);
            listen(state);
          },
        },
      );
      const error = await asked.then(() => undefined, errorOf.bind(undefined, asked));
      return { error, heard: heard() };
    };
    const first = await ask();
    expect(first.error).toBeUndefined();
    expect(first.heard).toEqual([
      expect.objectContaining({ kind: 'spend', limit: 500_000, resetMs: undefined }),
    ]);
    // In this process, what was held is settled by the time that anybody asks.
    const held = first.heard[0]?.used ?? 0;
    if (where === 'in this process') expect(held).toBe(300_000);
    else expect(held).toBeGreaterThan(200_000);
    const refused = await ask();
    expect(refused.error).toMatchObject({ code: 'budget' });
    expect(refused.heard).toEqual([expect.objectContaining({ kind: 'spend', limit: 500_000 })]);
    // What a guard puts aside for outages is held, too.
    const aside = where === 'elsewhere, and guarded' ? 5000 : 0;
    expect(refused.heard[0]?.used).toBe(300_000 + aside);
  });
});

test.each([
  ['nobody', {}, []],
  ['a caller without a tenant', { user: 'u' }, ['user', 'key and user']],
  ['one whose tenant is no name', { tenant: '', team: 't' }, ['team']],
  ['a tenant', { tenant: 'acme' }, ['tenant', 'user', 'team', 'key and user']],
] as const)(
  '%s is not told of counts that all share who have no such name',
  async (_who, who, told) => {
    const clock = virtualClock();
    const pers = ['tenant', 'user', 'team', ['key', 'user']] as const;
    const rules = pers.map((per, index) => ({ per, windowMs: minute, requests: index + 1 }));
    const prices = priceTable({ 'a/*': { input: 1, output: 1 } });
    const budgets = pers.map((per, index) => ({
      name: `b${index}`,
      per,
      usd: index + 1,
      period: 'day' as const,
    }));
    const store = memoryQuota({ clock });
    const client = createClient({
      providers: [fakeProvider({ name: 'a', script: say('x') })],
      clock,
      middleware: standard({
        callerLimits: limit({ store, rules }),
        budget: budget({ store, budgets, prices }),
        cost: { prices },
      }),
    });
    const { set: listen, heard } = hearing();
    const state = (given: State): void => {
      as(who)(given);
      listen(given);
    };
    await client.chat({ ...question, model: 'a/m' }, { state });
    const names = ['tenant', 'user', 'team', 'key and user'];
    const named = heard().map(({ kind, limit: most }) =>
      kind === 'spend' ? `$ ${names[most / 1e9 - 1]}` : names[most - 1],
    );
    expect(named.toSorted()).toEqual([...told, ...told.map((name) => `$ ${name}`)].toSorted());
  },
);

test('a budget that is known to be used up tells it without a question to its store', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const prices = priceTable({ 'a/*': { input: 1, output: 1 } });
  const budgets: BudgetRule[] = [{ name: 'mine', per: 'key', usd: 0, period: 'day' }];
  const client = createClient({
    providers: [fakeProvider({ name: 'a', script: say('x') })],
    clock,
    middleware: standard({ budget: budget({ store, budgets, prices }), cost: { prices } }),
  });
  for (const time of [1, 2]) {
    const { set: listen, heard } = hearing();
    const state = (given: State): void => {
      as(WHO)(given);
      listen(given);
    };
    const error = await errorOf(client.chat({ ...question, model: 'a/m' }, { state }));
    expect([time, error.code]).toEqual([time, 'budget']);
    expect(heard()).toEqual([expect.objectContaining({ kind: 'spend', limit: 0, used: 0 })]);
  }
});

test('of several attempts the last one’s word counts, and limits on targets are no caller’s', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const prices = priceTable({ 'a/*': { input: 1, output: 1 }, 'b/*': { input: 2, output: 2 } });
  const budgets: BudgetRule[] = [
    {
      name: 'mine',
      per: ['key', 'provider'],
      usd: (name) => (name === 'a' ? 1 : 2),
      period: 'day',
    },
  ];
  const rules: LimitRule[] = [{ per: 'key', windowMs: minute, requests: 100 }];
  const client = createClient({
    providers: [
      fakeProvider({ name: 'a', script: [fail(fakeError('overloaded'))] }),
      fakeProvider({ name: 'b', script: say('x') }),
    ],
    clock,
    middleware: standard({
      budget: budget({ store, budgets, prices }),
      limits: limitTargets({ store, rules }),
      cost: { prices },
      retry: false,
      fallback: { targets: ['b/m'] },
    }),
  });
  const { set: listen, heard } = hearing();
  const state = (given: State): void => {
    as(WHO)(given);
    listen(given);
  };
  await client.chat({ ...question, model: 'a/m' }, { state });
  expect(heard()).toEqual([expect.objectContaining({ kind: 'spend', limit: 2_000_000_000 })]);
});

test('a call that gets in line behind others, and cannot wait, hears how things stand', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const rules: LimitRule[] = [{ per: 'key', windowMs: minute, requests: 50, concurrency: 1 }];
  const client = createClient({
    providers: [fakeProvider({ name: 'a', script: [stall()] })],
    clock,
    middleware: standard({
      callerLimits: limit({ store, rules, queue: { maxWaiting: 1, maxWaitingPerTenant: 1 } }),
      timeout: false,
    }),
  });
  const ends = new AbortController();
  const waiting = [1, 2].map(() =>
    errorOf(client.chat({ ...question, model: 'a/m' }, { state: as(WHO), signal: ends.signal })),
  );
  await clock.advance(0);
  const { set: listen, heard } = hearing();
  const state = (given: State): void => {
    as(WHO)(given);
    listen(given);
  };
  const error = await errorOf(client.chat({ ...question, model: 'a/m' }, { state }));
  expect(error.code).toBe('rate_limit');
  expect(heard()).toEqual([expect.objectContaining({ kind: 'requests', limit: 50, used: 1 })]);
  ends.abort();
  await Promise.all(waiting);
});

test('without a maximum a limit reckons with what is likely, and a budget with what it may well come to', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const prices = priceTable({ 'a/*': { input: 1, output: 1 } });
  const budgets: BudgetRule[] = [{ name: 'mine', per: 'key', usd: 1, period: 'day' }];
  const rules: LimitRule[] = [{ per: 'key', windowMs: minute, outputTokens: 20_000 }];
  const client = createClient({
    providers: [
      fakeProvider({
        name: 'a',
        script: [
          accept(),
          emit({ type: 'start' }, { type: 'text-delta', index: 0, text: 'x' }),
          stall(),
        ],
      }),
    ],
    clock,
    middleware: standard({
      budget: budget({ store, budgets, prices }),
      callerLimits: limit({ store, rules }),
      cost: { prices },
    }),
  });
  const { set: listen, heard } = hearing();
  const state = (given: State): void => {
    as(WHO)(given);
    listen(given);
  };
  const stream = await client.chat.stream({ ...question, model: 'a/m' }, { state });
  const used = Object.fromEntries(heard().map((standing) => [standing.kind, standing.used]));
  expect(used['outputTokens']).toBe(1000);
  // A dollar per million tokens is 1,000 nano-dollars a token; the input is a few dozen of them.
  expect(used['spend']).toBeGreaterThan(4_096_000);
  expect(used['spend']).toBeLessThan(4_300_000);
  stream.cancel();
});

test('a listener that throws breaks no call', async () => {
  const clock = virtualClock();
  const rules: LimitRule[] = [{ per: 'key', windowMs: minute, requests: 1 }];
  const client = createClient({
    providers: [fakeProvider({ name: 'a', script: say('x') })],
    clock,
    middleware: standard({ callerLimits: limit({ store: memoryQuota({ clock }), rules }) }),
  });
  const state = (given: State): void => {
    given.set(callerStanding, {
      stands() {
        throw new Error('mine');
      },
    });
  };
  const { text } = await client.chat({ ...question, model: 'a/m' }, { state });
  expect(text).toBe('x');
});
