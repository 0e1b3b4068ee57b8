import { expect, test } from 'vitest';
import { TargetMap } from '../../../src/middleware/limit/target-map.js';

test('names that callers make up are not kept without bound; what is in use is', () => {
  const busy = { isIdle: false };
  let made = 0;
  const map = new TargetMap<{ readonly isIdle: boolean }>((key) => {
    made++;
    return key === 'busy' ? busy : { isIdle: true };
  });
  map.of('busy');
  const recent = map.of('recent');
  for (let name = 0; name < 5000; name++) {
    map.of(`made-up-${name}`);
    if (name % 100 === 0) expect(map.of('recent')).toBe(recent);
  }
  expect(made).toBe(5002);
  expect(map.of('busy')).toBe(busy);
  expect(map.of('recent')).toBe(recent);
  expect(made).toBe(5002);
  // Those of long ago were forgotten.
  map.of('made-up-0');
  expect(made).toBe(5003);
});
