import { memoryHealth, type HealthMark } from '@inferway/core/stores';
import { virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';

function setUp(maxEntries?: number) {
  const clock = virtualClock();
  const store = memoryHealth({ clock, maxEntries });
  const read = (...keys: string[]) => store.read(keys) as readonly (HealthMark | undefined)[];
  return { clock, store, read };
}

describe('marks', () => {
  test('hold until their time is over, in the order of the keys that were asked for', async () => {
    const { clock, store, read } = setUp();
    store.mark('a', 1000, 'server');
    store.mark('b', 500, 'rate_limit');
    await clock.advance(400);
    expect(read('b', 'none', 'a')).toEqual([
      { key: 'b', leftMs: 100, reason: 'rate_limit' },
      undefined,
      { key: 'a', leftMs: 600, reason: 'server' },
    ]);
    await clock.advance(100);
    expect(read('a', 'b')).toEqual([{ key: 'a', leftMs: 500, reason: 'server' }, undefined]);
  });

  test('the one that lasts longer stays', () => {
    const { store, read } = setUp();
    store.mark('a', 1000, 'first');
    store.mark('a', 999, 'second');
    expect(read('a')[0]).toMatchObject({ leftMs: 1000, reason: 'first' });
    store.mark('a', 1001, 'third');
    expect(read('a')[0]).toMatchObject({ leftMs: 1001, reason: 'third' });
  });

  test('end when they are cleared', () => {
    const { store, read } = setUp();
    store.mark('a', 1000, 'x');
    store.clear('a');
    store.clear('never there');
    expect(read('a')).toEqual([undefined]);
  });

  test.each([0, -1, Number.NaN])('of %d milliseconds are none', (ms) => {
    const { store, read } = setUp();
    store.mark('a', ms, 'x');
    expect(read('a')).toEqual([undefined]);
  });

  test('are told to whoever watches, until he stops; who throws hinders nobody', () => {
    const { store } = setUp();
    const told: HealthMark[] = [];
    store.watch?.(() => {
      throw new Error('broken');
    });
    const stop = store.watch?.((mark) => told.push(mark));
    store.mark('a', 1000, 'x');
    store.mark('a', 10, 'shorter, so no news');
    store.clear('a');
    store.clear('a');
    stop?.();
    store.mark('b', 1000, 'x');
    expect(told).toEqual([
      { key: 'a', leftMs: 1000, reason: 'x' },
      { key: 'a', leftMs: 0, reason: 'x' },
    ]);
  });
});

describe('claims', () => {
  test('are given so often within any stretch of the time', async () => {
    const { clock, store } = setUp();
    const claim = (): unknown => store.claim('probe', 2, 1000);
    expect([claim(), claim(), claim()]).toEqual([true, true, false]);
    await clock.advance(600);
    expect(claim()).toBe(false);
    await clock.advance(400);
    expect(claim()).toBe(true);
    await clock.advance(999);
    expect([claim(), claim()]).toEqual([true, false]);
    expect(store.claim('another', 1, 1000)).toBe(true);
  });
});

describe('what is kept is bounded', () => {
  test('what ends first goes first, and what is over before that', async () => {
    const { clock, store, read } = setUp(3);
    store.mark('over soon', 10, 'x');
    store.mark('long', 5000, 'x');
    store.mark('short', 1000, 'x');
    await clock.advance(10);
    store.mark('new', 2000, 'x');
    expect(read('long', 'short', 'new').every((mark) => mark !== undefined)).toBe(true);
    store.mark('newer', 2000, 'x');
    expect(read('long', 'short', 'new', 'newer').map((mark) => mark?.key)).toEqual([
      'long',
      undefined,
      'new',
      'newer',
    ]);
  });

  test('so are the names of claims', () => {
    const { store } = setUp(2);
    store.claim('a', 1, 1000);
    store.claim('b', 1, 2000);
    store.claim('c', 1, 3000);
    // "a" was forgotten.
    expect([store.claim('c', 1, 3000), store.claim('a', 1, 1000)]).toEqual([false, true]);
  });

  test.each([0, -1, 1.5, Number.NaN])('maxEntries of %d is refused', (maxEntries) => {
    expect(() => memoryHealth({ maxEntries })).toThrow(
      expect.objectContaining({ code: 'configuration', param: 'maxEntries' }),
    );
  });
});
