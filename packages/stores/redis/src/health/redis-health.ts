import type { HealthMark, HealthStore } from '@inferway/core/stores';
import type { KeyNames } from '../key-names.js';
import type { RedisLink } from '../redis-link.js';
import { run } from '../script.js';
import { wholeMs } from '../whole-ms.js';
import { CLAIM, CLEAR, MARK, READ_MARKS } from './health-scripts.js';
import type { MarkChannel } from './mark-channel.js';

/** Marks in Redis: each ends by itself, and is told to who watches. */
export function redisHealth(link: RedisLink, names: KeyNames, channel: MarkChannel): HealthStore {
  return {
    async mark(key, ms, reason) {
      if (!(ms > 0)) return;
      await run(link, MARK, [names('m', key)], [channel.name, key, String(Math.ceil(ms)), reason]);
    },
    async clear(key) {
      await run(link, CLEAR, [names('m', key)], [channel.name, key]);
    },
    async read(keys) {
      if (keys.length === 0) return [];
      const answer = (await run(
        link,
        READ_MARKS,
        keys.map((key) => names('m', key)),
        [],
      )) as readonly string[];
      return keys.map((key, index): HealthMark | undefined => {
        const left = answer[2 * index] ?? '';
        if (left === '') return undefined;
        return { key, leftMs: Number(left), reason: answer[2 * index + 1] ?? '' };
      });
    },
    async claim(name, count, ms) {
      const values = [String(count), wholeMs(ms)];
      return (await run(link, CLAIM, [names('claim', name)], values)) === 1;
    },
    watch: (listener) => channel.watch(listener),
  };
}
