import { memoryLedger } from '@inferway/core/stores';
import { say, settle, virtualClock, wait } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerRow } from '../../src/stores/ledger.js';
import { memoryQuota } from '../../src/stores/memory-quota.js';
import { errorOf } from '../helpers.js';
import { bench, dollarsOf, INPUT_BOUND, nanosOf } from './bench.js';
import { watched } from './watched-store.js';

const used = (tokens: number) => say('x', { usage: { inputTokens: 0, outputTokens: tokens } });
const LIMIT = 1_000_000;

/** A thousand calls at once over four processes, at 99 % of a budget: what was granted, and the highest that the budget ever stood. */
async function rush(request: object, output: number, assumedOutputTokens = 4096) {
  const clock = virtualClock();
  const seen = watched(memoryQuota({ clock }));
  const { store } = seen;
  const budgets = [{ name: 'all', usd: dollarsOf(LIMIT), period: 'total' }] as const;
  const first = bench(used(990_000), { store, budgets }, { clock });
  await first.ask({ maxOutputTokens: 999_000 });
  const four = Array.from({ length: 4 }, () =>
    bench(() => [wait(5), ...used(output)], { store, budgets, assumedOutputTokens }, { clock }),
  );
  const calls = Array.from({ length: 1000 }, (_, index) =>
    four[index % 4]?.ask(request).then(
      () => true,
      () => false,
    ),
  );
  await clock.advance(10);
  const granted = (await Promise.all(calls)).filter(Boolean).length;
  const [state] = await first.layer.states();
  const held = four[0]?.told.find((event) => event.type === 'budget')?.amount ?? Number.NaN;
  return {
    held,
    granted,
    highest: seen.highest,
    spent: state?.spent ?? 0,
    reserved: state?.reserved ?? 0,
  };
}

describe('a thousand calls at once at 99 % of a budget (F63)', () => {
  test('do not exceed it by anything where each says how much it may put out, at any instant', async () => {
    const { granted, highest, spent, reserved } = await rush({ maxOutputTokens: 100 }, 100);
    console.info(
      `F63 with a maximum: ${granted} of 1000 granted, highest ${highest} of ${nanosOf(LIMIT)}, overshoot ${Math.max(0, highest - nanosOf(LIMIT))}`,
    );
    expect(granted).toBe(Math.floor(10_000 / (INPUT_BOUND + 100)));
    expect(highest).toBeLessThanOrEqual(nanosOf(LIMIT));
    expect([spent, reserved]).toEqual([nanosOf(990_000 + 100 * granted), 0]);
  });

  test('exceed it by what they used beyond their assumption, and no more, where they do not say', async () => {
    const assumed = 100;
    const output = 700;
    const { granted, highest, spent, held } = await rush(
      { maxOutputTokens: undefined },
      output,
      assumed,
    );
    const beyond = granted * (nanosOf(output) - held);
    console.info(
      `F63 without: ${granted} of 1000 granted, overshoot ${spent - nanosOf(LIMIT)}, bound ${beyond}`,
    );
    expect(granted).toBe(Math.floor(nanosOf(10_000) / held));
    expect(spent).toBeGreaterThan(nanosOf(LIMIT));
    expect(spent - nanosOf(LIMIT)).toBeLessThanOrEqual(beyond);
    expect(highest - nanosOf(LIMIT)).toBeLessThanOrEqual(beyond);
  });
});

describe('a counter that the store lost (F69)', () => {
  const AT = Date.UTC(2026, 10, 15);
  const row = (id: string, tokens: number, more: Partial<LedgerRow> = {}): LedgerRow => ({
    id,
    callId: id,
    attempt: 1,
    at: AT,
    caller: {},
    operation: 'chat',
    provider: 'fake',
    model: 'm',
    status: 'complete',
    cost: nanosOf(tokens),
    costSource: 'price',
    possiblyBilled: false,
    ...more,
  });

  async function withLedger(rows: readonly LedgerRow[], per: unknown = 'all', tokens = 1000) {
    const ledger = memoryLedger();
    await ledger.append(rows);
    let sums = 0;
    const counting: Ledger = {
      ...ledger,
      sum: (query, by) => {
        sums++;
        return ledger.sum(query, by);
      },
    };
    const clock = virtualClock({ wallTime: AT });
    const budgets = [{ name: 'b', per, usd: dollarsOf(tokens), period: 'month' }] as never;
    const one = bench(
      () => used(10),
      { budgets, ledger: counting, store: memoryQuota({ clock }) },
      { clock },
    );
    return { ...one, sums: () => sums };
  }

  test('is set from the ledger before anything is granted, once for all who ask', async () => {
    const { ask, layer, sums } = await withLedger([
      row('1', 300),
      row('2', 100, { at: AT - 40 * 86_400_000 }),
    ]);
    const asked = await Promise.allSettled(Array.from({ length: 50 }, () => ask()));
    expect(asked.filter(({ status }) => status === 'fulfilled').length).toBe(2);
    expect(sums()).toBe(1);
    expect((await layer.states())[0]).toMatchObject({ spent: nanosOf(320), reserved: 0 });
  });

  test('refuses where the ledger says that all is spent', async () => {
    const { ask, provider } = await withLedger([row('1', 900)]);
    const error = await errorOf(ask());
    expect(error.message).toContain('$0.0009 of $0.001 is spent');
    expect(provider.attempts.length).toBe(0);
  });

  test.each<[string, unknown, object, number]>([
    ['a tenant', 'tenant', { tenant: 'a' }, 30],
    ['those without a tenant', 'tenant', {}, 5],
    ['a user of a tenant', 'user', { tenant: 'a', user: 'u' }, 10],
    ['a user without a tenant', 'user', { user: 'u' }, 5],
    ['a tag', 'tag', { tags: ['x'] }, 22],
    ['a provider', 'provider', {}, 35],
    ['a model', 'model', {}, 15],
    ['a tag of a tenant', ['tenant', 'tag'], { tenant: 'a', tags: ['x'] }, 20],
  ])('is that of %s alone', async (_who, per, who, tokens) => {
    const rows = [
      row('1', 10, { caller: { tenant: 'a', user: 'u' } }),
      row('2', 20, { caller: { tenant: 'a', user: 'v', tags: ['x', 'y'] }, model: 'n' }),
      row('3', 2, { caller: { tenant: 'b', tags: ['x'] }, provider: 'other' }),
      row('4', 5, { caller: { user: 'u' } }),
    ];
    const { ask, layer } = await withLedger(rows, per);
    await ask({}, who);
    expect((await layer.states(who, 'fake/m'))[0]?.spent).toBe(nanosOf(tokens + 10));
  });

  test('stays closed while the ledger fails', async () => {
    const { ask, provider, store, layer } = await withLedger([]);
    void layer;
    const broken = bench(used(1), {
      store,
      budgets: [{ name: 'c', usd: 1, period: 'day' }],
      ledger: { ...memoryLedger(), sum: () => Promise.reject(new Error('down')) },
    });
    expect(await errorOf(broken.ask())).toMatchObject({ code: 'budget', retryable: false });
    expect(broken.provider.attempts.length).toBe(0);
    await ask();
    expect(provider.attempts.length).toBe(1);
  });

  test('does not hold an abort up while the ledger is asked', async () => {
    const one = bench(used(1), {
      budgets: [{ name: 'c', usd: 1, period: 'day' }],
      ledger: { ...memoryLedger(), sum: () => new Promise(() => {}) },
    });
    const controller = new AbortController();
    const failing = errorOf(one.ask({}, {}, { signal: controller.signal }));
    await settle();
    controller.abort();
    expect((await failing).code).toBe('aborted');
    expect(one.clock.timers).toBe(0);
  });
});
