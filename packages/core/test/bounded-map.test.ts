import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedMap } from '../src/bounded-map.js';

test('holds the most lately used entries and no more, whatever is done to it', () => {
  const key = fc.nat(6);
  const step = fc.oneof(
    fc.record({ do: fc.constant('set' as const), key, value: fc.nat() }),
    fc.record({ do: fc.constantFrom('get', 'peek', 'delete'), key }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(step, { maxLength: 60 }),
      (most, steps) => {
        const map = new BoundedMap<number, number>(most);
        // The same as a list, the latest use last.
        let model: (readonly [key: number, value: number])[] = [];
        for (const one of steps) {
          const found = model.find(([name]) => name === one.key);
          const others = model.filter((entry) => entry !== found);
          if ('value' in one) {
            map.set(one.key, one.value);
            model = [...others, [one.key, one.value] as const].slice(-most);
          } else if (one.do === 'delete') {
            map.delete(one.key);
            model = others;
          } else {
            expect(one.do === 'get' ? map.get(one.key) : map.peek(one.key)).toBe(found?.[1]);
            if (one.do === 'get' && found !== undefined) model = [...others, found];
          }
          expect(map.size).toBe(model.length);
          for (const [name, value] of model) expect(map.peek(name)).toBe(value);
        }
      },
    ),
  );
});
