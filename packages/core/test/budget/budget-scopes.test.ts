import type { Call } from '@inferway/core';
import { say } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { bench, dollarsOf } from './bench.js';

const used = (inputTokens: number, outputTokens: number) =>
  say('x', { usage: { inputTokens, outputTokens } });

describe('whose budget', () => {
  const rule = (per: unknown, more: object = {}) =>
    [{ name: 'b', per, usd: 1, period: 'month', ...more }] as never;
  const spentBy = async (per: unknown, calls: readonly object[], who: object, model = 'fake/m') => {
    const { ask, layer } = bench(used(10, 0), { budgets: rule(per) });
    for (const one of calls) await ask({}, one);
    return (await layer.states(who, model)).map(({ value, spent }) => [value, spent / 10_000]);
  };

  test('keys, users and teams are counted within their tenant', async () => {
    const calls = [
      { tenant: 'a', user: 'u' },
      { tenant: 'a', user: 'u' },
      { tenant: 'b', user: 'u' },
      { user: 'u' },
    ];
    expect(await spentBy('user', calls, { tenant: 'a', user: 'u' })).toEqual([['u', 2]]);
    expect(await spentBy('user', calls, { user: 'u' })).toEqual([['u', 1]]);
    expect(await spentBy('tenant', calls, { tenant: 'a' })).toEqual([['a', 2]]);
    expect(await spentBy('key', [{ key: 'k' }], { key: 'k' })).toEqual([['k', 1]]);
    expect(await spentBy('team', [{ team: 't' }], { team: 't' })).toEqual([['t', 1]]);
  });

  test('a call with several tags counts in each, once', async () => {
    const calls = [{ tags: ['x', 'y', 'x'] }, { tags: ['y'], tenant: 'z' }, {}];
    expect(await spentBy('tag', calls, { tags: ['x', 'y'] })).toEqual([
      ['x', 1],
      ['y', 2],
    ]);
    expect(await spentBy('tag', calls, {})).toEqual([]);
  });

  test('combinations, models and functions', async () => {
    const calls = [
      { tenant: 'a', tags: ['x'] },
      { tenant: 'b', tags: ['x'] },
    ];
    expect(await spentBy(['tenant', 'tag'], calls, { tenant: 'a', tags: ['x'] })).toEqual([
      ['a x', 1],
    ]);
    expect(await spentBy('model', calls, {})).toEqual([['fake/m', 2]]);
    expect(await spentBy((call: Call) => call.model.id, calls, {})).toEqual([['m', 2]]);
    expect(await spentBy(() => undefined, calls, {})).toEqual([]);
  });

  test('amounts may differ by value; a value without one has no budget', async () => {
    const usdOf = (value: string) => ({ small: dollarsOf(10), large: 1 })[value];
    const { ask, provider } = bench(used(10, 0), { budgets: rule('team', { usd: usdOf }) });
    expect((await errorOf(ask({}, { team: 'small' }))).code).toBe('budget');
    await ask({}, { team: 'large' });
    await ask({}, { team: 'free' });
    expect(provider.attempts.length).toBe(2);
    const broken = bench(used(10, 0), { budgets: rule('team', { usd: () => Number.NaN }) });
    expect((await errorOf(broken.ask())).code).toBe('configuration');
  });

  test('names that look like separators, or are very long, are names of their own', async () => {
    const long = 'x'.repeat(1000);
    const calls = [
      { user: 'a|b' },
      { tenant: 'a', user: 'b' },
      { user: `${long}1` },
      { user: `${long}2` },
    ];
    for (const who of calls) expect((await spentBy('user', calls, who))[0]?.[1]).toBe(1);
    const tags = Array.from({ length: 100 }, (_, index) => `t${index}`);
    const { ask } = bench(used(1, 1), { budgets: rule('tag') });
    expect((await errorOf(ask({}, { tags }))).code).toBe('invalid_request');
  });
});
