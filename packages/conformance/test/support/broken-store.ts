import type { QuotaStore } from '@inferway/core/stores';
import { memoryQuota } from '@inferway/core/stores';
import { virtualClock, type VirtualClock } from '@inferway/core/testing';
import { expect, it } from 'vitest';
import { testStore, type StoreSuite } from '../../src/index.js';
import { collectingRunner } from './failures-of.js';

/** Stores that are broken in one way: every check that they fail fits one of these, and each of these a check that they fail. */
export function failsOnly(
  name: string,
  titles: readonly RegExp[],
  stores: (clock: VirtualClock) => Partial<StoreSuite>,
): void {
  it(`a store that ${name}`, { timeout: 60_000 }, async () => {
    const clock = virtualClock({ wallTime: Date.UTC(2026, 10, 21, 10, 17) });
    const { runner, failures } = collectingRunner(1);
    testStore({
      name: 'broken',
      time: clock,
      seed: 11,
      patienceMs: 500,
      ...stores(clock),
      runner,
    });
    const failed = [...(await failures()).keys()];
    expect(failed.filter((title) => !titles.some((one) => one.test(title)))).toEqual([]);
    expect(titles.filter((one) => !failed.some((title) => one.test(title)))).toEqual([]);
  });
}

/** A quota store in memory, some of whose methods are other ones. */
export function quotaWith(
  change: (right: QuotaStore, clock: VirtualClock) => Partial<QuotaStore>,
): (clock: VirtualClock) => Partial<StoreSuite> {
  return (clock) => ({
    quota: () => {
      const right = memoryQuota({ clock });
      const bound: QuotaStore = {
        reserve: (reservation) => right.reserve(reservation),
        settle: (settlement) => right.settle(settlement),
        renew: (ids, leaseMs) => right.renew(ids, leaseMs),
        read: (limits) => right.read(limits),
        restore: (limit, used, startsAt) => right.restore(limit, used, startsAt),
        claim: (name, ttlMs) => right.claim(name, ttlMs),
      };
      return { ...bound, ...change(right, clock) };
    },
  });
}
