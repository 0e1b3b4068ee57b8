import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryQuota } from '../../src/stores/index.js';
import type { QuotaDecision, QuotaLimit } from '../../src/stores/index.js';
import { virtualClock } from '../../src/testing/index.js';

interface Taken {
  readonly at: number;
  readonly amount: number;
}

const arrivals = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.nat(3), fc.nat(200), fc.nat(2000)),
    amount: fc.nat(12),
    /** Undefined: stays as reserved. */
    actual: fc.option(fc.nat(12), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 120 },
);

describe('memoryQuota, whatever comes', () => {
  it('A5: no window holds more than the limit, and none is refused that a window 1/16 longer would take', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 1500 }),
        async (all, most, windowMs) => {
          const clock = virtualClock();
          const store = memoryQuota({ clock });
          const taken: Taken[] = [];
          for (const [index, { waitMs, amount, actual }] of all.entries()) {
            await clock.advance(waitMs);
            const limits: QuotaLimit[] = [
              { kind: 'window', key: 'k', limit: most, amount, windowMs },
            ];
            const id = String(index);
            const { granted } = store.reserve({ id, limits, leaseMs: 1000 }) as QuotaDecision;
            const now = clock.now();
            const sum = (ms: number): number =>
              taken.filter(({ at }) => at > now - ms).reduce((all, one) => all + one.amount, 0);
            if (granted) expect(sum(windowMs) + amount).toBeLessThanOrEqual(most);
            else if (amount <= most) {
              const longer = windowMs + Math.ceil(windowMs / 32);
              expect(sum(longer + 1) + amount).toBeGreaterThan(most);
            }
            if (!granted) continue;
            const used = Math.min(actual ?? amount, amount);
            store.settle({ id, limits, actual: [used] });
            taken.push({ at: now, amount: used });
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('retryAfterMs is the first moment at which it fits', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 1500 }), async (all, windowMs) => {
        const clock = virtualClock();
        const store = memoryQuota({ clock });
        const limits = (amount: number): QuotaLimit[] => [
          { kind: 'window', key: 'k', limit: 20, amount, windowMs },
          { kind: 'places', key: 'k', limit: 5 },
        ];
        let id = 0;
        const ask = (amount: number, leaseMs: number): QuotaDecision =>
          store.reserve({ id: String(id++), limits: limits(amount), leaseMs }) as QuotaDecision;
        for (const { waitMs, amount } of all) {
          await clock.advance(waitMs);
          const decision = ask(amount, 1 + ((waitMs * 7) % 700));
          if (decision.granted) continue;
          const { retryAfterMs = 0 } = decision;
          await clock.advance(retryAfterMs - 1);
          expect(ask(amount, 100).granted).toBe(false);
          await clock.advance(1);
          const [window] = store.read(limits(amount)) as readonly { used: number }[];
          expect(ask(amount, 100).granted).toBe(true);
          expect((window?.used ?? 0) + amount).toBeLessThanOrEqual(20);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('leases end in their order, however they were renewed and settled', async () => {
    const command = fc.record({
      kind: fc.constantFrom('reserve', 'reserve', 'renew', 'settle', 'wait'),
      id: fc.nat(12),
      ms: fc.integer({ min: 1, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 150 }), async (commands) => {
        const clock = virtualClock();
        const store = memoryQuota({ clock });
        const limits: QuotaLimit[] = [{ kind: 'places', key: 'k', limit: 1000 }];
        const ends = new Map<number, number>();
        for (const { kind, id, ms } of commands) {
          for (const [held, end] of ends) if (end <= clock.now()) ends.delete(held);
          if (kind === 'wait') await clock.advance(ms);
          if (kind === 'reserve') {
            store.reserve({ id: `${id}`, limits, leaseMs: ms });
            if (!ends.has(id)) ends.set(id, clock.now() + ms);
          }
          if (kind === 'renew') {
            store.renew([`${id}`], ms);
            if (ends.has(id)) ends.set(id, clock.now() + ms);
          }
          if (kind === 'settle') {
            store.settle({ id: `${id}`, limits, actual: [] });
            ends.delete(id);
          }
          const held = [...ends.values()].filter((end) => end > clock.now());
          expect(store.read(limits)).toEqual([{ used: held.length, held: held.length }]);
          if (held.length === 0) continue;
          const full: QuotaLimit[] = [{ kind: 'places', key: 'k', limit: held.length }];
          expect(store.reserve({ id: 'one more', limits: full, leaseMs: 1 })).toMatchObject({
            granted: false,
            retryAfterMs: Math.min(...held) - clock.now(),
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});
