import type { CacheMarker } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { countTokens } from '../src/index.js';
import { PromptCache } from '../src/usage/prompt-cache.js';
import type { PromptSegment } from '../src/usage/prompt-segments.js';
import { manualClock } from './support/manual-clock.js';

const MINUTE = 60_000;

/** A segment of so many tokens, told apart by its letter. */
function segment(letter: string, tokens: number, cache?: CacheMarker): PromptSegment {
  const text = `${letter} `.repeat(tokens).trim();
  return { text, tokens: countTokens(text), cache };
}

describe('a prompt cache with markers', () => {
  it('writes up to the last mark and reads the longest prefix that is there', () => {
    const cache = new PromptCache(manualClock());
    const tools = segment('t', 2000, {});
    const system = segment('s', 1000, {});
    expect(cache.marked('k', [tools, system, segment('q', 50)])).toEqual({
      read: 0,
      written: 3000,
      written1h: 0,
    });
    expect(cache.marked('k', [tools, system, segment('r', 70)])).toEqual({
      read: 3000,
      written: 0,
      written1h: 0,
    });
    expect(cache.marked('k', [tools, segment('x', 400, {}), segment('r', 70)])).toEqual({
      read: 2000,
      written: 400,
      written1h: 0,
    });
    expect(cache.marked('k', [segment('u', 2000, {}), system])).toEqual({
      read: 0,
      written: 3000,
      written1h: 0,
    });
  });

  it('tells what is written for an hour apart', () => {
    const cache = new PromptCache(manualClock());
    const use = cache.marked('k', [
      segment('t', 1500, { ttl: '1h' }),
      segment('s', 600, { ttl: '5m' }),
    ]);
    expect(use).toEqual({ read: 0, written: 2100, written1h: 1500 });
  });

  it('ignores marks of prefixes that are too short', () => {
    const cache = new PromptCache(manualClock());
    const short = [segment('s', 1023, {}), segment('q', 10)];
    expect(cache.marked('k', short)).toEqual({ read: 0, written: 0, written1h: 0 });
    expect(cache.marked('k', short).read).toBe(0);
    expect(cache.marked('k', [segment('s', 1024, {})]).written).toBe(1024);
  });

  it('forgets after its lifetime, which every read begins anew', () => {
    const clock = manualClock();
    const cache = new PromptCache(clock);
    const five = [segment('f', 2000, { ttl: '5m' })];
    const hour = [segment('h', 2000, { ttl: '1h' })];
    cache.marked('k', five);
    cache.marked('k', hour);
    for (let times = 0; times < 3; times++) {
      clock.advance(4 * MINUTE);
      expect(cache.marked('k', five).read).toBe(2000);
    }
    clock.advance(6 * MINUTE);
    expect(cache.marked('k', five).read).toBe(0);
    expect(cache.marked('k', hour).read).toBe(2000);
    clock.advance(61 * MINUTE);
    expect(cache.marked('k', hour).read).toBe(0);
  });

  it('keeps scopes apart', () => {
    const cache = new PromptCache(manualClock());
    cache.marked('one', [segment('s', 2000, {})]);
    expect(cache.marked('two', [segment('s', 2000, {})]).read).toBe(0);
  });
});

describe('a prompt cache without markers', () => {
  it('reads the common beginning in whole steps of 128 from 1024 on', () => {
    const cache = new PromptCache(manualClock());
    expect(cache.automatic('k', [segment('s', 1500), segment('q', 100)]).read).toBe(0);
    // 1024, 1152, 1280 and 1408 lie within the first 1500 tokens.
    expect(cache.automatic('k', [segment('s', 1500), segment('r', 100)]).read).toBe(1408);
    expect(cache.automatic('k', [segment('s', 1500), segment('q', 100)]).read).toBe(1536);
    expect(cache.automatic('k', [segment('s', 1000)]).read).toBe(0);
    expect(cache.automatic('other', [segment('s', 1500)]).read).toBe(0);
  });

  it('forgets after five minutes without a read', () => {
    const clock = manualClock();
    const cache = new PromptCache(clock);
    const prompt = [segment('s', 1100)];
    cache.automatic('k', prompt);
    clock.advance(4 * MINUTE);
    expect(cache.automatic('k', prompt).read).toBe(1024);
    clock.advance(4 * MINUTE);
    expect(cache.automatic('k', prompt).read).toBe(1024);
    clock.advance(6 * MINUTE);
    expect(cache.automatic('k', prompt).read).toBe(0);
  });
});
