import { virtualClock, type VirtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { guardQuota } from '../../src/stores/outage/guard-quota.js';
import { memoryQuota } from '../../src/stores/memory-quota.js';
import type { QuotaLimit, QuotaStore } from '../../src/stores/quota-store.js';
import { fragileStore, type FragileStore } from './fragile-store.js';

const LEASE = 60_000;
const WINDOW = 10_000;
const window = (amount = 1): QuotaLimit => ({
  kind: 'window',
  key: 'w',
  limit: 10,
  amount,
  windowMs: WINDOW,
});
const spend: QuotaLimit = { kind: 'spend', key: 'b', limit: 1000, amount: 1, period: 'total' };

/** One of two processes on a store. */
class Process {
  readonly guarded: QuotaStore;
  readonly #clock: VirtualClock;
  readonly #name: string;
  #count = 0;

  constructor(store: QuotaStore, clock: VirtualClock, name: string, leaseMs = LEASE) {
    this.#clock = clock;
    this.#name = name;
    this.guarded = guardQuota(store, { processes: 2, clock, leaseMs, onOutage: () => {} });
  }

  /** How many of `calls` were let in, one after another. */
  async letIn(calls: number, limit = window()): Promise<number> {
    let count = 0;
    for (let call = 0; call < calls; call++) {
      const id = `${this.#name}${this.#count++}`;
      const asked = Promise.resolve().then(() =>
        this.guarded.reserve({ id, limits: [limit], leaseMs: LEASE }),
      );
      asked.catch(() => {});
      await this.#clock.advance(2);
      if ((await asked).granted) count++;
    }
    return count;
  }
}

function two(): { clock: VirtualClock; store: FragileStore; one: Process; other: Process } {
  const clock = virtualClock();
  const store = fragileStore(clock);
  return {
    clock,
    store,
    one: new Process(store, clock, 'a'),
    other: new Process(store, clock, 'b'),
  };
}

test('what the store granted to this process counts against its share: no second helping in an outage', async () => {
  const { store, one, other } = two();
  expect(await one.letIn(8)).toBe(8);
  store.mode = 'failing';
  expect(await one.letIn(20)).toBe(0);
  // Two are left, but the other process cannot know: it has its share.
  expect(await other.letIn(20)).toBe(5);
});

test('with an even load an outage lets in no more than the limit', async () => {
  const { store, one, other } = two();
  expect((await one.letIn(3)) + (await other.letIn(4))).toBe(7);
  store.mode = 'failing';
  expect((await one.letIn(20)) + (await other.letIn(20))).toBe(3);
});

test('what was let in alone is told to the store: no second helping after an outage', async () => {
  const { clock, store, one, other } = two();
  store.mode = 'failing';
  expect((await one.letIn(9)) + (await other.letIn(9))).toBe(10);
  store.mode = 'there';
  await clock.advance(2000);
  expect(await store.inside.read([window()])).toMatchObject([{ used: 10 }]);
  expect((await one.letIn(9)) + (await other.letIn(9))).toBe(0);
  await clock.advance(2 * WINDOW);
  expect(await one.letIn(20)).toBe(10);
  await Promise.all([one.guarded.close?.(), clock.advance(10)]);
  await Promise.all([other.guarded.close?.(), clock.advance(10)]);
  expect(clock.timers).toBe(0);
});

test('what was settled for less is told as it was used', async () => {
  const { clock, store, one } = two();
  store.mode = 'failing';
  expect(await one.letIn(1, window(5))).toBe(1);
  await one.guarded.settle({ id: 'a0', limits: [window(5)], actual: [2] });
  store.mode = 'there';
  await clock.advance(2000);
  expect(await store.inside.read([window()])).toMatchObject([{ used: 2 }]);
});

test('until all have told, a process that is back lets in no more than its share', async () => {
  const { clock, store, one, other } = two();
  store.mode = 'failing';
  expect(await one.letIn(9)).toBe(5);
  await other.letIn(2, { ...window(), key: 'other' });
  await clock.advance(2 * WINDOW);
  store.mode = 'there';
  await clock.advance(1100);
  // The window is empty again, and the store would grant all of it.
  expect(await one.letIn(20)).toBe(5);
  await clock.advance(6000 + WINDOW);
  expect(await one.letIn(20)).toBe(10);
});

test('what one timeout let in is told, too, though there was no outage', async () => {
  const { clock, store, one } = two();
  store.mode = 'failing';
  expect(await one.letIn(2)).toBe(2);
  store.mode = 'there';
  expect(await one.letIn(3)).toBe(3);
  await clock.advance(1100);
  expect(await store.inside.read([window()])).toMatchObject([{ used: 5 }]);
});

test('the slice of a process that died is free when its lease ends; the slice of one that lives is not', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const living = new Process(store, clock, 'a', 2000);
  const dead = new Process(store, virtualClock(), 'b', 2000);
  await living.guarded.reserve({ id: 'x', limits: [spend], leaseMs: LEASE });
  void dead.guarded.reserve({ id: 'y', limits: [spend], leaseMs: LEASE });
  const [before] = await store.read([spend]);
  expect(before).toEqual({ used: 22, held: 22 });
  for (let beat = 0; beat < 10; beat++) {
    await clock.advance(400);
    await living.guarded.reserve({ id: `x${beat}`, limits: [{ ...spend, amount: 0 }], leaseMs: 1 });
  }
  expect(await store.read([spend])).toEqual([{ used: 12, held: 12 }]);
});

test('closing gives back what is only being taken', async () => {
  const { clock, store, one } = two();
  await one.letIn(1, spend);
  const closing = one.guarded.close?.();
  await clock.advance(20);
  await closing;
  expect(await store.inside.read([spend])).toMatchObject([{ used: 1, held: 1 }]);
});

test('a slice that was not granted is asked for again', async () => {
  const { clock, store, one } = two();
  const reserve = store.reserve.bind(store);
  const asked: string[] = [];
  store.reserve = (reservation) => {
    if (!reservation.id.startsWith('lease:')) return reserve(reservation);
    asked.push(reservation.id);
    if (asked.length > 1) return reserve(reservation);
    return { granted: false, refused: 0, reason: 'full', states: [] };
  };
  for (let beat = 0; beat < 8; beat++) {
    await one.letIn(1, spend);
    await clock.advance(5000);
  }
  expect(asked).toHaveLength(2);
});
