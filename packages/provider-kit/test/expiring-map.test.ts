import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpiringMap } from '../src/expiring-map.js';

test('an entry is found until its time is over, and never beyond the number that is kept', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 6 }), passed: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = new ExpiringMap<number>(10, 3);
      // The newest three, by when they were set.
      let model: { readonly key: string; readonly value: number; readonly until: number }[] = [];
      let now = 0;
      steps.forEach(({ key, passed }, value) => {
        now += passed;
        const name = String(key);
        map.set(name, value, now);
        model = [
          ...model.filter((entry) => entry.key !== name),
          { key: name, value, until: now + 10 },
        ].slice(-3);
        for (let other = 0; other <= 6; other++) {
          const found = model.find((entry) => entry.key === String(other) && entry.until > now);
          expect(map.get(String(other), now)).toBe(found?.value);
        }
      });
    }),
  );
});
