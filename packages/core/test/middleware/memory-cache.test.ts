import { memoryCache } from '@inferway/core/stores';
import { virtualClock } from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('forgets what was not used for the longest when it is full', () => {
  const store = memoryCache({ maxEntries: 2, clock: virtualClock() });
  void store.set('a', '1', 1000);
  void store.set('b', '2', 1000);
  expect(store.get('a')).toBe('1');
  void store.set('c', '3', 1000);
  expect([store.get('a'), store.get('b'), store.get('c')]).toEqual(['1', undefined, '3']);
});

test('takes nothing that is larger than it may be in all, and drops the old value of its key', () => {
  const store = memoryCache({ maxBytes: 20, clock: virtualClock() });
  void store.set('a', '1234', 1000);
  void store.set('a', 'x'.repeat(100), 1000);
  expect(store.get('a')).toBeUndefined();
});

test('takes what fills it exactly', () => {
  const store = memoryCache({ maxBytes: 20, clock: virtualClock() });
  void store.set('a', '123456789', 1000);
  expect(store.get('a')).toBe('123456789');
});

test('deletes', () => {
  const store = memoryCache({ clock: virtualClock() });
  void store.set('a', '1', 1000);
  void store.delete('a');
  expect(store.get('a')).toBeUndefined();
});

test('behaves like a list of entries in the order of their last use, within its bounds', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const action = fc.oneof(
    fc.record({ do: fc.constant('get' as const), key }),
    fc.record({ do: fc.constant('delete' as const), key }),
    fc.record({
      do: fc.constant('set' as const),
      key,
      size: fc.nat({ max: 12 }),
      ttl: fc.integer({ min: 1, max: 50 }),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 20 }) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      let time = 0;
      const clock = { ...virtualClock(), now: () => time };
      const store = memoryCache({ maxEntries: 3, maxBytes: 50, clock });
      // Oldest use first.
      let model: { key: string; value: string; until: number }[] = [];
      const bytes = (): number =>
        model.reduce((sum, { key: k, value }) => sum + 2 * (k.length + value.length), 0);
      for (const step of actions) {
        if (step.do === 'wait') time += step.ms;
        else if (step.do === 'delete') {
          void store.delete(step.key);
          model = model.filter((entry) => entry.key !== step.key);
        } else if (step.do === 'get') {
          const found = model.find((entry) => entry.key === step.key);
          model = model.filter((entry) => entry !== found);
          const alive = found !== undefined && found.until > time ? found : undefined;
          if (alive !== undefined) model.push(alive);
          expect(store.get(step.key)).toBe(alive?.value);
        } else {
          const value = 'x'.repeat(step.size);
          void store.set(step.key, value, step.ttl);
          model = model.filter((entry) => entry.key !== step.key);
          model.push({ key: step.key, value, until: time + step.ttl });
          while (model.length > 3 || bytes() > 50) model.shift();
        }
      }
    }),
  );
});
