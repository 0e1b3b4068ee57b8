import { withService } from '@inferway/conformance';
import type { SpendLimit } from '@inferway/core/stores';
import { createClient } from '@redis/client';
import { describe, expect, it } from 'vitest';
import { createRedisStores } from '../src/index.js';
import { prefixes, SERVICE } from './support/server.js';

await withService({ ...SERVICE, runner: { describe, it } }, (url) => {
  const nextPrefix = prefixes(url);

  describe('a counter that the server lost', () => {
    it('begins anew without the leases that are left of it, and what is settled then counts as it was used', async () => {
      const prefix = nextPrefix();
      const { quota, close } = createRedisStores({ url, prefix, timeoutMs: 4000 });
      const redis = createClient({ url });
      await redis.connect();
      const limit: SpendLimit = {
        kind: 'spend',
        key: 'k',
        limit: 1000,
        amount: 400,
        period: 'total',
      };
      await quota.reserve({ id: 'before', limits: [limit], leaseMs: 60_000 });
      await quota.reserve({ id: 'short', limits: [limit], leaseMs: 1 });
      // As a server does that evicts: this key, and no other.
      expect(await redis.del(`{${prefix}}:s:total:k`)).toBe(1);
      const other = { ...limit, amount: 10 };
      await quota.reserve({ id: 'after', limits: [other], leaseMs: 60_000 });
      expect(await quota.read([limit])).toEqual([{ used: 10, held: 10 }]);
      expect(await quota.settle({ id: 'before', limits: [limit], actual: [30] })).toEqual([
        { used: 40, held: 10 },
      ]);
      expect(await quota.settle({ id: 'after', limits: [other], actual: [5] })).toEqual([
        { used: 35, held: 0 },
      ]);
      redis.destroy();
      await close();
    });
  });
});
