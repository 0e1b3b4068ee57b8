import { memoryIdempotency, type IdempotencyStore } from '@inferway/core/stores';
import { virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';

const request = (owner: string) => ({ fingerprint: 'f', owner, leaseMs: 1000 });

async function finished(store: IdempotencyStore, key: string, answer = 'x', ttlMs = 60_000) {
  expect(await store.claim(key, request(key))).toEqual({ state: 'claimed' });
  return store.finish(key, key, answer, ttlMs);
}

const stateOf = async (store: IdempotencyStore, key: string): Promise<string> =>
  (await store.claim(key, request(`asks for ${key}`))).state;

test('a full store forgets what was finished first, and never what runs', async () => {
  const store = memoryIdempotency({ maxEntries: 3, clock: virtualClock() });
  await finished(store, 'a');
  await store.claim('runs', request('runs'));
  await finished(store, 'b');
  expect(await stateOf(store, 'c')).toBe('claimed');
  expect(await stateOf(store, 'b')).toBe('done');
  expect(await stateOf(store, 'runs')).toBe('running');
  expect(await stateOf(store, 'a')).toBe('claimed');
  expect(await stateOf(store, 'runs')).toBe('running');
  expect(await stateOf(store, 'c')).toBe('running');
});

test('a store that is full of calls that run refuses the next one, until one ends', async () => {
  const clock = virtualClock();
  const store = memoryIdempotency({ maxEntries: 2, clock });
  await store.claim('a', request('a'));
  await store.claim('b', request('b'));
  expect(await stateOf(store, 'c')).toBe('full');
  expect(await stateOf(store, 'a')).toBe('running');
  await store.release('a', 'a');
  expect(await stateOf(store, 'c')).toBe('claimed');
  expect(await stateOf(store, 'd')).toBe('full');
  await clock.advance(1000);
  expect(await stateOf(store, 'd')).toBe('claimed');
});

test('answers that take too much room go, the oldest first; one that never fits leaves its claim and the others', async () => {
  const store = memoryIdempotency({ maxBytes: 1000, clock: virtualClock() });
  const long = 'x'.repeat(300);
  expect(await finished(store, 'a', 'small')).toBe('kept');
  expect(await finished(store, 'b', long)).toBe('kept');
  expect(await finished(store, 'c', 'x'.repeat(600))).toBe('full');
  expect(await stateOf(store, 'c')).toBe('running');
  expect(await stateOf(store, 'a')).toBe('done');
  expect(await store.finish('c', 'c', long, 60_000)).toBe('kept');
  expect(await stateOf(store, 'c')).toBe('done');
  expect(await stateOf(store, 'b')).toBe('claimed');
});

test('what is over makes room before what is not', async () => {
  const clock = virtualClock();
  const store = memoryIdempotency({ maxEntries: 2, clock });
  await finished(store, 'short', 'x', 100);
  await finished(store, 'long', 'x', 60_000);
  await clock.advance(100);
  expect(await stateOf(store, 'new')).toBe('claimed');
  expect(await stateOf(store, 'long')).toBe('done');
});
