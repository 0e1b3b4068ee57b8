import { settle, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { guardQuota } from '../../src/stores/outage/guard-quota.js';
import type { GuardQuotaOptions } from '../../src/stores/outage/guard-quota-options.js';
import type { OutageEvent } from '../../src/stores/outage/outage-options.js';
import { memoryQuota } from '../../src/stores/memory-quota.js';
import type { QuotaDecision, QuotaLimit } from '../../src/stores/quota-store.js';
import { errorOf } from '../helpers.js';
import { fragileStore } from './fragile-store.js';

const LEASE = 60_000;
const spend = (amount: number, limit = 1000): QuotaLimit => ({
  kind: 'spend',
  key: 'b',
  limit,
  amount,
  period: 'total',
});
const window = (amount: number, limit = 10): QuotaLimit => ({
  kind: 'window',
  key: 'w',
  limit,
  amount,
  windowMs: 60_000,
});
const places = (limit: number): QuotaLimit => ({ kind: 'places', key: 'p', limit });

function setUp(options: Partial<GuardQuotaOptions> = {}) {
  const clock = virtualClock();
  const store = fragileStore(clock);
  const lines: OutageEvent[] = [];
  const guarded = guardQuota(store, {
    processes: 2,
    clock,
    onOutage: (event) => lines.push(event),
    ...options,
  });
  let count = 0;
  const soon = async <T>(work: T | Promise<T>, ms = 60): Promise<T> => {
    const both = Promise.resolve(work);
    both.catch(() => {});
    await clock.advance(ms);
    return both;
  };
  const take = (...limits: QuotaLimit[]) => ({ id: `r${++count}`, limits, leaseMs: LEASE });
  return {
    clock,
    store,
    lines,
    guarded,
    soon,
    take,
    reserve: async (...limits: QuotaLimit[]) => soon(guarded.reserve(take(...limits))),
    inside: (limit: QuotaLimit) => (store.inside.read([limit]) as readonly object[])[0],
  };
}

const granted = (decision: QuotaDecision): boolean => decision.granted;

test('a store that is there is asked as if nobody stood between; one in memory answers at once', async () => {
  const { guarded, reserve, clock } = setUp({ budgets: 'closed' });
  expect(await reserve(spend(10))).toMatchObject({
    granted: true,
    states: [{ used: 10, held: 10 }],
  });
  expect(clock.timers).toBe(0);
  await guarded.close?.();
  const direct = guardQuota(memoryQuota(), { limits: 'closed', budgets: 'closed' });
  expect(direct.reserve({ id: 'x', limits: [spend(1)], leaseMs: LEASE })).toMatchObject({
    granted: true,
  });
  expect(direct.settle({ id: 'x', limits: [spend(1)], actual: [1] })).toMatchObject([
    { used: 1, held: 0 },
  ]);
  expect(direct.claim('name', 10)).toBe(true);
});

describe('an outage', () => {
  test('costs each operation its time until the store counts as away, then nothing; one probe at a time (F67)', async () => {
    const { store, guarded, clock, lines, take } = setUp({ limits: 'closed', budgets: 'closed' });
    store.mode = 'frozen';
    for (let failed = 0; failed < 5; failed++) {
      const failing = errorOf(Promise.resolve(guarded.reserve(take(spend(1)))));
      await clock.advance(49);
      expect(lines).toEqual([]);
      await clock.advance(1);
      expect(await failing).toMatchObject({
        code: 'overloaded',
        retryable: false,
        fallbackable: false,
        sent: 'no',
      });
    }
    expect(lines).toMatchObject([{ store: 'quota', state: 'down' }]);
    const asked = store.asked.length;
    for (let more = 0; more < 20; more++)
      expect(() => guarded.reserve(take(spend(1)))).toThrow('away');
    expect(store.asked.length).toBe(asked);
    await clock.advance(1000);
    const probe = errorOf(Promise.resolve(guarded.reserve(take(spend(1)))));
    expect(() => guarded.reserve(take(spend(1)))).toThrow('away');
    await clock.advance(50);
    await probe;
    expect(store.asked.length).toBe(asked + 1);
  });

  test('is told in one line when it begins and in one when it is over, also where errors come at once (F68)', async () => {
    const { store, reserve, clock, lines } = setUp({ limits: 'closed', budgets: 'closed' });
    store.mode = 'failing';
    for (let failed = 0; failed < 40; failed++) await errorOf(reserve(spend(1)));
    expect(lines.map(({ state }) => state)).toEqual(['down']);
    expect(lines[0]?.message).toContain('ECONNREFUSED');
    store.mode = 'there';
    await clock.advance(1000);
    expect(granted(await reserve(spend(1)))).toBe(true);
    for (let more = 0; more < 5; more++) await reserve(spend(1));
    expect(lines.map(({ state }) => state)).toEqual(['down', 'up']);
    expect(lines[1]?.downMs).toBeGreaterThan(1000);
  });

  test('is none where failures come one by one', async () => {
    const { store, reserve, lines } = setUp({ limits: 'closed', budgets: 'closed', failures: 6 });
    for (let round = 0; round < 5; round++) {
      store.mode = 'failing';
      for (let failed = 0; failed < 4; failed++) await errorOf(reserve(spend(1)));
      store.mode = 'there';
      expect(granted(await reserve(spend(1)))).toBe(true);
    }
    expect(lines).toEqual([]);
  });

  test('is none where others are answered meanwhile: a burst is no outage', async () => {
    const { store, guarded, clock, lines, take } = setUp({ limits: 'closed', budgets: 'closed' });
    for (let round = 0; round < 3; round++) {
      store.mode = 'frozen';
      const late = Array.from({ length: 20 }, () =>
        errorOf(Promise.resolve(guarded.reserve(take(spend(1))))),
      );
      await clock.advance(10);
      store.mode = 'there';
      const [answered] = await Promise.all([guarded.reserve(take(spend(1))), clock.advance(60)]);
      expect(granted(answered)).toBe(true);
      for (const failed of late) expect(await failed).toMatchObject({ code: 'overloaded' });
    }
    expect(lines).toEqual([]);
  });

  test('tells no address and no password of the store', async () => {
    const { store, reserve, lines } = setUp({ limits: 'closed', budgets: 'closed', failures: 1 });
    store.reserve = () =>
      Promise.reject(
        Object.assign(new Error('redis://:pass@host'), { code: 'redis://:pass@host' }),
      );
    const error = await errorOf(reserve(spend(1)));
    expect(JSON.stringify([lines, error.message])).not.toContain('pass');
  });

  test('is not made by what the store refuses as ill-formed', async () => {
    const { reserve, lines } = setUp({ failures: 1 });
    expect((await errorOf(reserve(spend(-1)))).code).toBe('configuration');
    expect(lines).toEqual([]);
  });

  test('leaves read, restore and claim to fail', async () => {
    const { store, guarded, soon } = setUp();
    store.mode = 'failing';
    const asked: readonly (() => unknown)[] = [
      () => guarded.read([spend(1)]),
      () => guarded.claim('x', 10),
      () => guarded.restore(spend(1) as never, 5),
    ];
    for (const ask of asked) {
      expect((await errorOf(soon(Promise.resolve().then(ask)))).code).toBe('overloaded');
    }
  });
});

describe('limits', () => {
  test('let in the share of this process, windows and places, and tell when to come again', async () => {
    const { store, reserve, guarded } = setUp();
    store.mode = 'failing';
    const decisions: boolean[] = [];
    for (let call = 0; call < 8; call++) decisions.push(granted(await reserve(window(1))));
    expect(decisions.filter(Boolean).length).toBe(5);
    const refused = await reserve(window(1));
    expect(refused).toMatchObject({ granted: false, refused: 0, reason: 'full' });
    expect((refused as { retryAfterMs?: number }).retryAfterMs).toBeGreaterThan(0);

    const first = { id: 'first', limits: [places(2)], leaseMs: LEASE };
    expect(granted((await guarded.reserve(first)) as QuotaDecision)).toBe(true);
    expect(granted(await reserve(places(2)))).toBe(false);
    await guarded.settle({ ...first, actual: [undefined] });
    expect(granted(await reserve(places(2)))).toBe(true);
  });

  test('or nothing, where that is chosen', async () => {
    const { store, reserve } = setUp({ limits: 'closed' });
    store.mode = 'failing';
    expect((await errorOf(reserve(window(1)))).code).toBe('overloaded');
    expect((await errorOf(reserve(places(5)))).code).toBe('overloaded');
  });
});

describe('budgets', () => {
  test('spend what was held beforehand, then nothing; spent and reserved never exceed the limit (A3)', async () => {
    const { store, reserve, guarded, inside, clock, soon } = setUp({ leaseShare: 0.1 });
    const before = await reserve(spend(10));
    expect(granted(before)).toBe(true);
    // The slice is a reservation like any other.
    expect(inside(spend(1))).toEqual({ used: 110, held: 110 });
    store.mode = 'frozen';
    const ids: string[] = [];
    for (let call = 0; call < 10; call++) {
      const reservation = { id: `out${call}`, limits: [spend(30)], leaseMs: LEASE };
      const deciding = Promise.resolve().then(() => guarded.reserve(reservation));
      deciding.catch(() => {});
      await clock.advance(60);
      if (await deciding.then(granted, () => false)) ids.push(reservation.id);
    }
    // A hundred in slices of thirty.
    expect(ids).toEqual(['out0', 'out1', 'out2']);
    for (const id of ids)
      expect(await guarded.settle({ id, limits: [spend(30)], actual: [20] })).toEqual([]);
    // Less was spent than was held: there is room for one more of 40.
    expect(
      granted(
        (await guarded.reserve({
          id: 'late',
          limits: [spend(40)],
          leaseMs: LEASE,
        })) as QuotaDecision,
      ),
    ).toBe(true);
    // And then for nothing more.
    expect(() => guarded.reserve({ id: 'more', limits: [spend(1)], leaseMs: LEASE })).toThrow(
      'away',
    );
    store.thaw();
    await clock.advance(3000);
    const [now] = (await store.inside.read([spend(1)])) as readonly {
      used: number;
      held: number;
    }[];
    // Ten from before, and the slice as long as one of its attempts runs.
    expect(now).toEqual({ used: 10 + 100, held: 110 });
    await soon(guarded.settle({ id: 'late', limits: [spend(40)], actual: [25] }));
    await soon(guarded.settle({ id: 'r1', limits: [spend(10)], actual: [10] }));
    await clock.advance(40_000);
    expect(inside(spend(1))).toEqual({ used: 95, held: 0 });
    expect(clock.timers).toBe(0);
  });

  test('hold no slice that nobody uses, nor the last of a budget, and give it back when it is missing', async () => {
    const { reserve, guarded, inside, clock, soon } = setUp({ leaseShare: 0.1 });
    await reserve(spend(10));
    await soon(guarded.settle({ id: 'r1', limits: [spend(10)], actual: [10] }));
    expect(inside(spend(1))).toEqual({ used: 110, held: 100 });
    await clock.advance(40_000);
    expect(inside(spend(1))).toEqual({ used: 10, held: 0 });
    expect(clock.timers).toBe(0);

    await reserve(spend(500));
    expect(inside(spend(1))).toMatchObject({ used: 610 });
    expect(granted(await reserve(spend(450)))).toBe(false);
    expect(granted(await reserve(spend(450)))).toBe(true);
    expect(inside(spend(1))).toMatchObject({ used: 960 });
  });

  test('hold none of a budget that is nearly spent', async () => {
    const { reserve, inside } = setUp({ leaseShare: 0.1 });
    await reserve(spend(650));
    expect(inside(spend(1))).toEqual({ used: 650, held: 650 });
  });

  test('are closed or open where that is chosen; what was spent openly is counted afterwards', async () => {
    const closed = setUp({ budgets: 'closed' });
    await closed.reserve(spend(10));
    closed.store.mode = 'failing';
    expect((await errorOf(closed.reserve(spend(1)))).code).toBe('overloaded');

    const open = setUp({ budgets: 'open' });
    open.store.mode = 'failing';
    for (let call = 0; call < 6; call++) expect(granted(await open.reserve(spend(900)))).toBe(true);
    for (let call = 1; call <= 6; call++)
      await open.guarded.settle({ id: `r${call}`, limits: [spend(900)], actual: [400] });
    expect(open.lines[0]?.message).toContain('BUDGETS ARE NOT ENFORCED');
    open.store.mode = 'there';
    await open.clock.advance(5000);
    expect(open.inside(spend(1))).toEqual({ used: 2400, held: 0 });
    expect(open.clock.timers).toBe(0);
  });
});

describe('settlements', () => {
  test('during an outage are delivered once, in order; nothing is counted twice', async () => {
    const { store, reserve, guarded, inside, clock, soon } = setUp({ budgets: 'closed' });
    for (let call = 0; call < 6; call++) await reserve(spend(100));
    // Each is done by the store, though its answer is lost: delivered again, it counts once.
    store.mode = 'deaf';
    for (let call = 1; call <= 6; call++) {
      expect(
        await soon(guarded.settle({ id: `r${call}`, limits: [spend(100)], actual: [call] })),
      ).toEqual([]);
    }
    store.mode = 'there';
    await clock.advance(5000);
    expect(inside(spend(1))).toEqual({ used: 21, held: 0 });
    expect(clock.timers).toBe(0);
  });

  test('that a store lost with its reservations are counted after all', async () => {
    const { store, reserve, guarded, inside, clock, soon } = setUp({ budgets: 'closed' });
    for (let call = 0; call < 3; call++) await reserve(spend(100));
    store.mode = 'failing';
    for (let call = 1; call <= 3; call++)
      await soon(guarded.settle({ id: `r${call}`, limits: [spend(100)], actual: [50] }));
    store.restart();
    store.mode = 'there';
    await clock.advance(5000);
    expect(inside(spend(1))).toEqual({ used: 150, held: 0 });
  });

  test('are kept in bounds: the oldest go, and their leases count what was reserved', async () => {
    const { store, reserve, guarded, inside, clock, soon } = setUp({
      budgets: 'closed',
      maxKept: 2,
    });
    for (let call = 0; call < 4; call++) await reserve(spend(100));
    store.mode = 'failing';
    for (let call = 1; call <= 4; call++)
      await soon(guarded.settle({ id: `r${call}`, limits: [spend(100)], actual: [1] }));
    store.mode = 'there';
    await clock.advance(120_000);
    expect(inside(spend(1))).toEqual({ used: 202, held: 0 });
  });

  test('that no store takes hold up no others', async () => {
    const { store, reserve, guarded, inside, clock, soon } = setUp({ budgets: 'closed' });
    for (let call = 0; call < 2; call++) await reserve(spend(100));
    store.mode = 'failing';
    await soon(guarded.settle({ id: 'r1', limits: [spend(100)], actual: [-5] }));
    await soon(guarded.settle({ id: 'r2', limits: [spend(100)], actual: [7] }));
    store.mode = 'there';
    await clock.advance(5000);
    expect(inside(spend(1))).toEqual({ used: 107, held: 100 });
    expect(clock.timers).toBe(0);
  });

  test('that were given up on are undone: a late grant stays not held', async () => {
    const { store, guarded, take, inside, clock } = setUp({ budgets: 'closed' });
    store.mode = 'frozen';
    const failing = errorOf(Promise.resolve(guarded.reserve(take(spend(400)))));
    await clock.advance(50);
    await failing;
    store.thaw();
    expect(inside(spend(1))).toEqual({ used: 400, held: 400 });
    await clock.advance(1100);
    expect(inside(spend(1))).toEqual({ used: 0, held: 0 });
    expect(clock.timers).toBe(0);

    store.mode = 'deaf';
    const lost = errorOf(Promise.resolve(guarded.reserve(take(spend(300)))));
    await settle();
    await lost;
    store.mode = 'there';
    await clock.advance(1100);
    expect(inside(spend(1))).toEqual({ used: 0, held: 0 });
  });

  test('are delivered, and slices given back, when the store is closed', async () => {
    const { reserve, guarded, store, inside, soon } = setUp({ leaseShare: 0.1 });
    await reserve(spend(10));
    await soon(guarded.settle({ id: 'r1', limits: [spend(10)], actual: [7] }));
    let closed = false;
    store.close = async () => {
      closed = true;
    };
    await soon(guarded.close?.());
    expect(closed).toBe(true);
    expect(inside(spend(1))).toEqual({ used: 7, held: 0 });
  });
});
