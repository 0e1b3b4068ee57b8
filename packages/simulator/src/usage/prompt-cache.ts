import type { Clock } from '@inferway/core';
import { hashText } from '../seeded-random.js';
import { tokenize } from '../text/tokenizer.js';
import type { PromptSegment } from './prompt-segments.js';

/** The shortest prefix that is cached, in tokens: both OpenAI's and most of Anthropic's models have this one. */
export const SHORTEST_CACHED_PREFIX = 1024;
/** Automatic caches grow in steps of this many tokens. */
export const AUTOMATIC_STEP = 128;
const FIVE_MINUTES = 300_000;
const ONE_HOUR = 3_600_000;
const MOST_ENTRIES = 50_000;

/** The parts of a prompt that came from and went to the cache, in tokens. */
export interface CacheUse {
  readonly read: number;
  /** All lifetimes together. */
  readonly written: number;
  readonly written1h: number;
}

interface Entry {
  expiresAt: number;
  readonly lifetime: number;
}

/** The prompt cache of one simulator. `scope` keeps credentials and models apart. */
export class PromptCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As Anthropic does it: only up to the marked places, reads are of the longest cached prefix, what is new up to the last mark is written. */
  marked(scope: string, segments: readonly PromptSegment[]): CacheUse {
    const last = segments.findLastIndex((segment) => segment.cache !== undefined);
    if (last < 0) return { read: 0, written: 0, written1h: 0 };
    const prefixes: { key: string; tokens: number }[] = [];
    let hash = hashText(scope);
    let tokens = 0;
    for (const segment of segments.slice(0, last + 1)) {
      hash = hashText(segment.text, hash);
      tokens += segment.tokens;
      prefixes.push({ key: `${scope} ${hash} ${tokens}`, tokens });
    }
    const hit = prefixes.findLastIndex(({ key }) => this.#read(key));
    const read = prefixes[hit]?.tokens ?? 0;
    let covered = read;
    let written = 0;
    let written1h = 0;
    prefixes.forEach(({ key, tokens: length }, index) => {
      const marker = segments[index]?.cache;
      if (marker === undefined || index <= hit || length < SHORTEST_CACHED_PREFIX) return;
      const hour = marker.ttl === '1h';
      this.#write(key, hour ? ONE_HOUR : FIVE_MINUTES);
      written += length - covered;
      if (hour) written1h += length - covered;
      covered = length;
    });
    return { read, written, written1h };
  }

  /** As OpenAI does it: without markers, whole steps of the prompt's tokens. Writing costs nothing and is not reported. */
  automatic(scope: string, segments: readonly PromptSegment[]): CacheUse {
    const total = segments.reduce((sum, segment) => sum + segment.tokens, 0);
    if (total < SHORTEST_CACHED_PREFIX) return { read: 0, written: 0, written1h: 0 };
    let hash = hashText(scope);
    let tokens = 0;
    let read = 0;
    let boundary = SHORTEST_CACHED_PREFIX;
    for (const segment of segments) {
      const pieces = tokenize(segment.text);
      for (let index = 0; index < segment.tokens; index++) {
        hash = hashText(pieces[index] ?? '', hash);
        if (++tokens < boundary) continue;
        const key = `${scope} ${hash} ${tokens}`;
        if (this.#read(key)) read = tokens;
        else this.#write(key, FIVE_MINUTES);
        boundary += AUTOMATIC_STEP;
      }
    }
    return { read, written: 0, written1h: 0 };
  }

  /** True where the key is cached; a read makes it live on. */
  #read(key: string): boolean {
    const entry = this.#entries.get(key);
    const now = this.#clock.now();
    if (entry === undefined || entry.expiresAt <= now) return false;
    entry.expiresAt = now + entry.lifetime;
    return true;
  }

  #write(key: string, lifetime: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { lifetime, expiresAt: this.#clock.now() + lifetime });
    if (this.#entries.size <= MOST_ENTRIES) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      break;
    }
  }
}
