import { describe, expect, it } from 'vitest';
import { memoryQuota } from '../../src/stores/index.js';
import type { QuotaDecision, QuotaLimit, QuotaStore } from '../../src/stores/index.js';
import { virtualClock } from '../../src/testing/index.js';

// What every store must do is in the suite of @inferway/conformance; here is what only this one promises.
const requests = (key: string, limit = 10): QuotaLimit => ({
  kind: 'window',
  key,
  limit,
  amount: 1,
  windowMs: 3200,
});
const dollars = (key: string, amount: number): QuotaLimit => ({
  kind: 'spend',
  key,
  limit: 1000,
  amount,
  period: 'day',
});
const take = (store: QuotaStore, id: string, ...limits: QuotaLimit[]): QuotaDecision =>
  store.reserve({ id, limits, leaseMs: 1000 }) as QuotaDecision;

describe('memoryQuota', () => {
  it('answers at once, and sets no timer', () => {
    const clock = virtualClock();
    const store = memoryQuota({ clock });
    expect(take(store, 'a', requests('k'))).toEqual({
      granted: true,
      states: [{ used: 1, resetMs: 3300 }],
    });
    expect(clock.timers).toBe(0);
  });

  it('forgets counters that are idle, so that keys that come once take no room', async () => {
    const clock = virtualClock();
    const store = memoryQuota({ clock, maxCounters: 100 });
    for (let round = 0; round < 20; round++) {
      for (let user = 0; user < 40; user++)
        take(store, `${round}/${user}`, requests(`${round}/${user}`));
      await clock.advance(3300);
    }
    expect(store.read([requests('0/0')])).toEqual([{ used: 0, resetMs: 0 }]);
  });

  it('refuses new counters rather than to give up those in use, and takes nothing then', async () => {
    const clock = virtualClock();
    const store = memoryQuota({ clock, maxCounters: 3 });
    for (const user of ['a', 'b', 'c']) take(store, user, requests(user));
    expect(() => take(store, 'd', dollars('shared', 5), requests('d'))).toThrow(
      expect.objectContaining({
        code: 'overloaded',
        message: expect.stringMatching(/maxCounters/u),
      }),
    );
    expect(store.read([dollars('shared', 0)])).toMatchObject([{ used: 0, held: 0 }]);
    await clock.advance(3300);
    expect(take(store, 'd', requests('d')).granted).toBe(true);
  });

  it('keeps a counter that one reservation uses while it looks for idle ones', () => {
    const store = memoryQuota({ clock: virtualClock() });
    const keys = Array.from({ length: 20 }, (_none, index) => requests(`k${index}`, 1));
    expect(take(store, 'a', ...keys).granted).toBe(true);
    expect(take(store, 'b', ...keys).granted).toBe(false);
    for (const key of keys) expect(take(store, `c${key.key}`, key).granted).toBe(false);
  });

  it('remembers as many settlements as it says, and not all there ever were', () => {
    const store = memoryQuota({ clock: virtualClock(), maxRemembered: 3 });
    const settle = (id: string): void => {
      store.settle({ id, limits: [dollars('k', 1)], actual: [1] });
    };
    for (const id of ['a', 'b', 'c', 'a', 'b', 'c']) settle(id);
    expect(store.read([dollars('k', 0)])).toMatchObject([{ used: 3 }]);
    for (let other = 0; other < 6; other++) settle(`other ${other}`);
    settle('a');
    expect(store.read([dollars('k', 0)])).toMatchObject([{ used: 10 }]);
  });

  it('never opens a day again that was over, where the wall clock is put back', () => {
    let wall = Date.UTC(2026, 0, 2);
    const store = memoryQuota({ clock: { ...virtualClock(), wallTime: () => wall } });
    take(store, 'a', dollars('k', 900));
    wall -= 1000;
    expect(take(store, 'b', dollars('k', 200)).granted).toBe(false);
  });

  it('refuses options that cannot work', () => {
    expect(() => memoryQuota({ maxCounters: 0 })).toThrow(
      expect.objectContaining({ param: 'maxCounters' }),
    );
    expect(() => memoryQuota({ maxRemembered: Number.NaN })).toThrow(
      expect.objectContaining({ param: 'maxRemembered' }),
    );
  });
});
