import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryQuota } from '../../src/stores/index.js';
import type { QuotaHold, QuotaLimit, QuotaRefused, QuotaStore } from '../../src/stores/index.js';
import { virtualClock } from '../../src/testing/index.js';

const take = (store: QuotaStore, ...limits: QuotaLimit[]): QuotaHold | QuotaRefused =>
  store.hold?.(limits) as QuotaHold | QuotaRefused;
const held = (store: QuotaStore, ...limits: QuotaLimit[]): QuotaHold =>
  take(store, ...limits) as QuotaHold;

const limitOf: fc.Arbitrary<QuotaLimit> = fc.oneof(
  fc.record({
    kind: fc.constant('window' as const),
    key: fc.constantFrom('a', 'b'),
    limit: fc.constantFrom(8, 20),
    amount: fc.nat(12),
    windowMs: fc.constantFrom(64, 700),
  }),
  fc.record({
    kind: fc.constant('places' as const),
    key: fc.constantFrom('a', 'b'),
    limit: fc.constantFrom(2, 4),
  }),
  fc.record({
    kind: fc.constant('spend' as const),
    key: fc.constantFrom('a', 'b'),
    limit: fc.constantFrom(30, 90),
    amount: fc.nat(20),
    period: fc.constantFrom('hour' as const, 'total' as const),
  }),
) as fc.Arbitrary<QuotaLimit>;

const limits = fc.array(limitOf, { minLength: 1, maxLength: 4 });
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), limits }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: fc.nat(),
      actual: fc.array(fc.option(fc.nat(25), { nil: undefined }), { minLength: 4, maxLength: 4 }),
    }),
  },
  fc.record({ do: fc.constant('pass' as const), ms: fc.oneof(fc.nat(30), fc.nat(2_500_000)) }),
);

describe('memoryQuota, by hand', () => {
  it('counts what it counts by name, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { maxLength: 60 }),
        fc.array(limitOf, { minLength: 1, maxLength: 6 }),
        async (commands, looked) => {
          const clock = virtualClock();
          const byName = memoryQuota({ clock });
          const byHand = memoryQuota({ clock });
          const open: { id: string; limits: readonly QuotaLimit[]; hold: QuotaHold }[] = [];
          let count = 0;
          for (const one of commands) {
            if (one.do === 'pass') await clock.advance(one.ms);
            else if (one.do === 'take') {
              const id = String(++count);
              const named = byName.reserve({ id, limits: one.limits, leaseMs: 1e9 });
              const hold = take(byHand, ...one.limits);
              const { granted, states, ...why } = named as QuotaRefused;
              expect(hold.granted).toBe(granted);
              if (hold.granted) {
                expect(hold.states()).toEqual(states);
                open.push({ id, limits: one.limits, hold });
              } else {
                // By name, a place is free at the latest when its lease ends; by hand nobody knows, and what is known goes before.
                const { refused, retryAfterMs } = (why.retryAfterMs ?? 0) > 1e8 ? hold : why;
                expect(hold).toEqual({ granted, states, ...why, refused, retryAfterMs });
              }
            } else {
              const [settled] = open.splice(one.which % Math.max(1, open.length), 1);
              if (settled === undefined) continue;
              const actual = settled.limits.map((_limit, index) => one.actual[index]);
              const states = byName.settle({ id: settled.id, limits: settled.limits, actual });
              settled.hold.settle(actual);
              expect(settled.hold.states()).toEqual(states);
            }
            expect(byHand.read(looked)).toEqual(byName.read(looked));
          }
          expect(clock.timers).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a hold that lapses counts as it was reserved and frees its places; settled later, it is put right', () => {
    const store = memoryQuota({ clock: virtualClock() });
    const dollars = { kind: 'spend', key: 'd', limit: 100, amount: 60, period: 'total' } as const;
    const free = { ...dollars, key: 'f', lapse: 'free' } as const;
    const places = { kind: 'places', key: 'p', limit: 1 } as const;
    const hold = held(store, dollars, free, places);
    expect(take(store, places)).toEqual({
      granted: false,
      refused: 0,
      reason: 'full',
      states: [{ used: 1, held: 1 }],
    });
    hold.lapse();
    expect(hold.states()).toEqual([
      { used: 60, held: 0 },
      { used: 0, held: 0 },
      { used: 0, held: 0 },
    ]);
    hold.settle([10, 20, undefined]);
    expect(hold.states().map(({ used }) => used)).toEqual([10, 20, 0]);
    // Only the first time counts.
    hold.settle([50, 50, undefined]);
    hold.lapse();
    expect(hold.states().map(({ used }) => used)).toEqual([10, 20, 0]);
  });

  it('refuses what would spoil a counter', () => {
    const store = memoryQuota({ clock: virtualClock() });
    const window = { kind: 'window', key: 'w', limit: 10, amount: 1, windowMs: 100 } as const;
    expect(() => take(store, { ...window, amount: Number.NaN })).toThrow(/amount is NaN/u);
    const hold = held(store, window);
    expect(() => hold.settle([0.5])).toThrow(/actual is 0.5/u);
    hold.settle([7]);
    expect(store.read([window])).toMatchObject([{ used: 7 }]);
  });
});
