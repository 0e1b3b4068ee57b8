import { settle, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import type { CacheStore } from '../../src/stores/cache-store.js';
import type { HealthStore } from '../../src/stores/health-store.js';
import { memoryCache } from '../../src/stores/memory-cache.js';
import { memoryHealth } from '../../src/stores/memory-health.js';
import { guardCache } from '../../src/stores/outage/guard-cache.js';
import { guardHealth } from '../../src/stores/outage/guard-health.js';
import type { OutageEvent } from '../../src/stores/outage/outage-options.js';

/** Makes every operation of a store wait for ever, or fail, when it is told to. */
function breakable<S extends object>(
  store: S,
): { readonly store: S; mode: 'there' | 'frozen' | 'failing' } {
  const control: { store: S; mode: 'there' | 'frozen' | 'failing' } = { mode: 'there', store };
  control.store = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        if (control.mode === 'frozen') return new Promise(() => {});
        if (control.mode === 'failing') throw new Error('gone');
        return member.apply(target, given);
      };
    },
  });
  return control;
}

test('a cache that is away is a miss, in bounded time, and told in one line', async () => {
  const clock = virtualClock();
  const control = breakable<CacheStore>(memoryCache({ clock }));
  const lines: OutageEvent[] = [];
  const guarded = guardCache(control.store, {
    clock,
    failures: 2,
    onOutage: (event) => lines.push(event),
  });
  guarded.set('a', 'value', 100_000);
  expect(guarded.get('a')).toBe('value');
  control.mode = 'frozen';
  const reads = [guarded.get('a'), guarded.get('a')];
  await clock.advance(50);
  expect(await Promise.all(reads)).toEqual([undefined, undefined]);
  expect(guarded.get('a')).toBeUndefined();
  expect(guarded.set('b', 'x', 10)).toBeUndefined();
  expect(lines).toMatchObject([{ store: 'cache', state: 'down' }]);
  control.mode = 'there';
  await clock.advance(1000);
  expect(guarded.get('a')).toBe('value');
  expect(lines.map(({ state }) => state)).toEqual(['down', 'up']);
  guarded.delete('a');
  expect(guarded.get('a')).toBeUndefined();
  control.mode = 'failing';
  expect(guarded.get('a')).toBeUndefined();
  expect(clock.timers).toBe(0);
});

test('health that is away is what this process saw itself', async () => {
  const clock = virtualClock();
  const shared = memoryHealth({ clock });
  const control = breakable<HealthStore>(shared);
  const lines: OutageEvent[] = [];
  const guarded = guardHealth(control.store, {
    clock,
    failures: 1,
    onOutage: (event) => lines.push(event),
  });
  await guarded.mark('mine', 60_000, 'open');
  await shared.mark('theirs', 60_000, 'open');
  expect(await guarded.read(['mine', 'theirs'])).toMatchObject([
    { key: 'mine' },
    { key: 'theirs' },
  ]);
  control.mode = 'frozen';
  const reading = Promise.resolve(guarded.read(['mine', 'theirs']));
  await clock.advance(50);
  expect(await reading).toMatchObject([{ key: 'mine' }, undefined]);
  expect([await guarded.claim('p', 1, 100), await guarded.claim('p', 1, 100)]).toEqual([
    true,
    false,
  ]);
  await guarded.clear('mine');
  expect(await guarded.read(['mine'])).toEqual([undefined]);
  expect(lines).toMatchObject([{ store: 'health', state: 'down' }]);
  control.mode = 'there';
  await clock.advance(1000);
  await settle();
  expect(await guarded.read(['theirs'])).toMatchObject([{ key: 'theirs' }]);
  expect(clock.timers).toBe(0);
});

test('options that cannot work are refused when built', () => {
  expect(() => guardCache(memoryCache(), { timeoutMs: -1 })).toThrow(
    expect.objectContaining({ code: 'configuration', param: 'timeoutMs' }),
  );
  expect(() => guardHealth(memoryHealth(), { failures: 1.5 })).toThrow(
    expect.objectContaining({ code: 'configuration', param: 'failures' }),
  );
});
