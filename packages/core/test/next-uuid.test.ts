import { expect, test } from 'vitest';
import { nextUuid } from '../src/next-uuid.js';

test('ids are UUIDs of version 8 that never come twice', () => {
  const seen = new Set<string>();
  for (let index = 0; index < 100_000; index++) seen.add(nextUuid());
  expect(seen.size).toBe(100_000);
  for (const id of [...seen].slice(0, 100)) {
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u);
  }
});
