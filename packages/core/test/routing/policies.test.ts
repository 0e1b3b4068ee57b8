import { priceUsage, usd, type TokenPrices } from '@inferway/core';
import { priceTable } from '@inferway/core/middleware';
import { cheapest, fastest, leastLoaded, preferred, weighted } from '@inferway/core/routing';
import { say, stall, virtualClock } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateInput } from '../../src/token-estimate.js';
import { candidate, names, question } from './question.js';
import { messages, setUp } from './set-up.js';

test('preferred keeps the order of the route', () => {
  const all = ['c', 'a', 'b'].map((name) => candidate(name));
  expect(names(preferred().rank(all, question()))).toEqual(['c', 'a', 'b']);
});

describe('cheapest', () => {
  const price = fc.option(fc.integer({ min: 0, max: 50_000_000_000 }), { nil: undefined });

  test('is the least of an independent computation; an unknown price comes last, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(price, price), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (prices, inputTokens, outputTokens) => {
          const costOf = ([input, output]: (typeof prices)[number]): bigint | undefined =>
            input === undefined || output === undefined
              ? undefined
              : BigInt(input) * BigInt(inputTokens) + BigInt(output) * BigInt(outputTokens);
          const all = prices.map((_one, index) => candidate(String(index)));
          const ranked = cheapest().rank(
            all,
            question({
              cost: ({ model }) => {
                const [input, output] = prices[Number(model.id)] ?? [];
                if (input === undefined || output === undefined) return undefined;
                const cost = priceUsage({ input, output } as TokenPrices, {
                  inputTokens,
                  outputTokens,
                });
                return cost.known ? cost.total : undefined;
              },
            }),
          );
          expect(ranked).toHaveLength(all.length);
          const costs = names(ranked).map((name) => costOf(prices[Number(name)] as never));
          const known = costs.filter((cost) => cost !== undefined);
          // Rounded to whole nano-dollars; by exact figures no step down is larger than that.
          for (const [index, cost] of known.entries()) {
            if (index > 0) expect(cost >= (known[index - 1] ?? 0n) - 1_000_000n).toBe(true);
          }
          expect(costs.slice(known.length).every((cost) => cost === undefined)).toBe(true);
          const unknown = names(ranked).slice(known.length).map(Number);
          expect(unknown).toEqual(unknown.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  test('by the book of the user before the listing, and by what this request may use', async () => {
    const { router } = setUp({
      scripts: { a: say('a'), b: say('b'), c: say('c'), d: say('d'), e: say('e') },
      router: {
        auto: { policy: cheapest() },
        prices: priceTable({ 'a/*': { input: 10, output: 1 }, 'b/*': { input: 1, output: 10 } }),
      },
      listings: {
        a: [{ id: 'm', prices: { input: 0, output: 0 } }],
        b: [{ id: 'm' }],
        c: [{ id: 'm' }],
        d: [{ id: 'm', free: true }],
        e: [{ id: 'm', prices: { input: usd(5), output: usd(5) } }],
      },
    });
    const order = async (request: object) =>
      (await router.explain('auto/m', request)).candidates.map(({ name }) => name[0]).join('');
    const long = [{ role: 'user', content: 'x'.repeat(8000) }];
    expect(await order({ messages: long, maxOutputTokens: 10 })).toBe('dbeac');
    expect(await order({ messages, maxOutputTokens: 1000 })).toBe('daebc');
    // Without a bound, a typical answer counts.
    const { candidates, needs } = await router.explain('auto/m', { messages });
    expect(needs).toMatchObject({
      outputTokens: 500,
      inputTokens: estimateInput({ request: { messages } } as never),
    });
    expect(candidates.map(({ name, score, unit, why }) => [name, score, unit, why])).toEqual([
      ['d/m', 0, 'nano-dollars', undefined],
      ['a/m', 500_000 + needs.inputTokens * 10_000, 'nano-dollars', undefined],
      ['e/m', 2_500_000 + needs.inputTokens * 5000, 'nano-dollars', undefined],
      ['b/m', 5_000_000 + needs.inputTokens * 1000, 'nano-dollars', undefined],
      ['c/m', undefined, undefined, 'unknown price'],
    ]);
  });

  test('counts what is not paid by the token', async () => {
    const { router } = setUp({
      scripts: { a: say('a'), b: say('b') },
      router: {
        routes: {
          draw: {
            policy: cheapest(),
            targets: [
              {
                model: 'a/x',
                facts: { prices: { input: 0, output: 0, units: { image: usd(0.04) } } },
              },
              {
                model: 'b/y',
                facts: { prices: { input: 0, output: 0, units: { image: usd(0.03) } } },
              },
            ],
          },
        },
      },
      known: false,
    });
    const { candidates } = await router.explain(
      'route/draw',
      { prompt: 'a cat', count: 2 },
      { operation: 'image' },
    );
    expect(candidates.map(({ name, score }) => [name, score])).toEqual([
      ['b/y', usd(0.06)],
      ['a/x', usd(0.08)],
    ]);
  });
});

describe('weighted', () => {
  test('gives each target its share, and a weight of 0 nothing but the last place', () => {
    const clock = virtualClock({ seed: 7 });
    const all = [
      candidate('a', { weight: 5 }),
      candidate('b', { weight: 3 }),
      candidate('c', { weight: 2 }),
      candidate('d', { weight: 0 }),
    ];
    const calls = 20_000;
    const first = new Map<string, number>();
    const second = new Map<string, number>();
    for (let call = 0; call < calls; call++) {
      const order = names(weighted().rank(all, question({ clock })));
      expect(order).toHaveLength(4);
      expect(order[3]).toBe('d');
      first.set(order[0] ?? '', (first.get(order[0] ?? '') ?? 0) + 1);
      if (order[0] === 'a') second.set(order[1] ?? '', (second.get(order[1] ?? '') ?? 0) + 1);
    }
    // Five standard deviations of a binomial share.
    const within = (count: number | undefined, of: number, share: number): void => {
      const bound = 5 * Math.sqrt((share * (1 - share)) / of);
      expect(Math.abs((count ?? 0) / of - share)).toBeLessThan(bound);
    };
    within(first.get('a'), calls, 0.5);
    within(first.get('b'), calls, 0.3);
    within(first.get('c'), calls, 0.2);
    // Of what is left when the first fails, the same shares.
    within(second.get('b'), first.get('a') ?? 0, 0.6);
  });
});

describe('least loaded', () => {
  test('never puts the busier of two first, and ranks all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 2, maxLength: 8 }),
        fc.integer(),
        (loads, seed) => {
          const all = loads.map((_load, index) => candidate(String(index)));
          const inFlight = ({ model }: { model: { id: string } }) => loads[Number(model.id)] ?? 0;
          const order = names(
            leastLoaded().rank(all, question({ clock: virtualClock({ seed }), inFlight })),
          );
          expect(order.toSorted()).toEqual(
            names(all.map((one) => ({ candidate: one }))).toSorted(),
          );
          // At least one other was no less busy than the chosen: the one that it was drawn with.
          const chosen = loads[Number(order[0])] ?? 0;
          expect(order.slice(1).some((name) => (loads[Number(name)] ?? 0) >= chosen)).toBe(true);
          const rest = order.slice(1).map((name) => loads[Number(name)] ?? 0);
          expect(rest).toEqual(rest.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  test('between two targets always takes the less busy one, by their weights', () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.nat(50),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        (a, b, weight, seed) => {
          const all = [candidate('a'), candidate('b', { weight })];
          const inFlight = ({ model }: { model: { id: string } }) => (model.id === 'a' ? a : b);
          const [first] = names(
            leastLoaded().rank(all, question({ clock: virtualClock({ seed }), inFlight })),
          );
          if (a !== b / weight) expect(first).toBe(a < b / weight ? 'a' : 'b');
        },
      ),
    );
  });

  test('by speed, a slow target counts for more', () => {
    const speed = ({ model }: { model: { id: string } }) => ({
      durationMs: model.id === 'slow' ? 1000 : 100,
      failing: 0,
      ageMs: 0,
    });
    const all = [candidate('slow'), candidate('quick')];
    const order = (inFlight: number) =>
      names(
        leastLoaded({ bySpeed: true }).rank(
          all,
          question({
            outputTokens: 0,
            speed,
            inFlight: ({ model }) => (model.id === 'quick' ? inFlight : 0),
          }),
        ),
      );
    expect(order(8)[0]).toBe('quick');
    expect(order(12)[0]).toBe('slow');
  });

  test('counts calls until their streams end, are left or fail', async () => {
    const { client, clock, router, stream } = setUp({
      scripts: { a: [...say('one two').slice(0, 4), stall()], b: [stall()] },
      router: { routes: { fast: { targets: ['a/x', 'b/y'], policy: preferred() } } },
    });
    const load = async () =>
      (await router.explain('route/fast', { messages })).candidates.map(({ inFlight }) => inFlight);
    const running = await stream('route/fast');
    expect(await load()).toEqual([1, 0]);
    const other = await stream('route/fast');
    expect(await load()).toEqual([2, 0]);
    await other[Symbol.asyncIterator]().return?.();
    expect(await load()).toEqual([1, 0]);
    await running[Symbol.asyncIterator]().return?.();
    const failing = client.chat({ model: 'route/fast', messages }, { timeoutMs: 50 });
    failing.catch(() => undefined);
    await clock.advance(10);
    expect(await load()).toEqual([1, 0]);
    await clock.advance(50);
    expect(await load()).toEqual([0, 0]);
  });
});

describe('fastest', () => {
  const figures = (durationMs: number, more: object = {}) => ({
    durationMs,
    failing: 0,
    ageMs: 0,
    ...more,
  });

  test('explores a small share, and only what is not known', () => {
    const clock = virtualClock({ seed: 3 });
    const all = [candidate('known'), candidate('new'), candidate('old')];
    const speed = ({ model }: { model: { id: string } }) =>
      model.id === 'new'
        ? undefined
        : figures(model.id === 'old' ? 9000 : 100, { ageMs: model.id === 'old' ? 300_001 : 0 });
    const counts: Record<string, number> = {};
    for (let call = 0; call < 4000; call++) {
      const [first] = fastest({ explore: 0.1 }).rank(
        all,
        question({ clock, speed, outputTokens: 0 }),
      );
      const name = first?.candidate.model.id ?? '';
      counts[name] = (counts[name] ?? 0) + 1;
      expect(first?.why).toBe(name === 'known' ? undefined : 'explored');
    }
    const bound = 5 * Math.sqrt(0.05 * 0.95 * 4000);
    expect(Math.abs((counts['new'] ?? 0) - 200)).toBeLessThan(bound);
    expect(Math.abs((counts['old'] ?? 0) - 200)).toBeLessThan(bound);
    const never = fastest({ explore: 0 }).rank(all, question({ clock, speed, outputTokens: 0 }));
    expect(names(never)).toEqual(['known', 'old', 'new']);
  });

  test('begins with what discovery says, to the first token and by the token', () => {
    const all = [
      candidate('prompt', { facts: { ttftMs: 100, tokensPerSecond: 20 } }),
      candidate('quick', { facts: { ttftMs: 1000, tokensPerSecond: 200 } }),
      candidate('unknown'),
    ];
    const order = (outputTokens: number) =>
      names(fastest({ explore: 0 }).rank(all, question({ stream: true, outputTokens })));
    expect(order(10)).toEqual(['prompt', 'quick', 'unknown']);
    expect(order(1000)).toEqual(['quick', 'prompt', 'unknown']);
  });

  test('what was measured counts before what is listed, and a target that fails is slower for it', () => {
    const all = [candidate('a', { facts: { ttftMs: 1, tokensPerSecond: 10_000 } }), candidate('b')];
    const rank = (failing: number) =>
      names(
        fastest({ explore: 0 }).rank(
          all,
          question({
            stream: true,
            speed: ({ model }) => ({
              ttftMs: model.id === 'a' ? 500 : 300,
              msPerToken: 10,
              failing: model.id === 'b' ? failing : 0,
              ageMs: 0,
            }),
          }),
        ),
      );
    expect(rank(0)).toEqual(['b', 'a']);
    expect(rank(0.5)).toEqual(['a', 'b']);
  });
});
