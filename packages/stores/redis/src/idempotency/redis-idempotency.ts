import type { IdempotencyStore } from '@inferway/core/stores';
import type { KeyNames } from '../key-names.js';
import { redisError } from '../redis-error.js';
import type { RedisLink } from '../redis-link.js';
import { run } from '../script.js';
import { wholeMs } from '../whole-ms.js';
import { CLAIM, FINISH, RELEASE, RENEW } from './idempotency-scripts.js';

/** Claims over all processes, each decision one script on the server's clock. */
export function redisIdempotency(link: RedisLink, names: KeyNames): IdempotencyStore {
  return {
    async claim(key, { fingerprint, owner, leaseMs }) {
      const values = [fingerprint, owner, wholeMs(leaseMs)];
      const answer = await run(link, CLAIM, [names('i', key)], values);
      const [state, text] = Array.isArray(answer) ? (answer as readonly string[]) : [];
      switch (state) {
        case 'claimed':
        case 'running':
        case 'mismatch':
          return { state };
        case 'done':
          return { state, answer: text ?? '' };
        default:
          throw redisError('server', link.server, 'a script answered what no script of ours does.');
      }
    },
    async renew(key, owner, leaseMs) {
      return (await run(link, RENEW, [names('i', key)], [owner, wholeMs(leaseMs)])) === 1;
    },
    async finish(key, owner, answer, ttlMs) {
      const values = [owner, answer, wholeMs(ttlMs)];
      return (await run(link, FINISH, [names('i', key)], values)) === 1 ? 'kept' : 'lost';
    },
    async release(key, owner) {
      await run(link, RELEASE, [names('i', key)], [owner]);
    },
  };
}
