import type { NanoUsd } from '@inferway/core';
import { createClient } from '@redis/client';

/** What reservations of one tenant held when their leases ended and nobody had settled them: counted as spent. */
export interface Lapsed {
  readonly count: number;
  readonly amount: NanoUsd;
}

interface Entry {
  readonly kind: string;
  readonly key: string;
  readonly amount: string;
  readonly free?: boolean;
}

const DECODE = `local record = redis.call('GET', KEYS[1])
if not record or record == 'settled' then return '[]' end
return cjson.encode(cmsgpack.unpack(record).entries)`;

/** Reads them from Redis itself, where they stay for a day so that a late settlement can put them right. */
export async function lapsedByTenant(
  redisUrl: string,
  name: string,
  tenants: readonly string[],
): Promise<ReadonlyMap<string, Lapsed>> {
  const redis = createClient({ url: redisUrl });
  await redis.connect();
  const lapsed = new Map<string, Lapsed>();
  for await (const keys of redis.scanIterator({ MATCH: `{${name}}:r:*`, COUNT: 1000 })) {
    const records = await Promise.all(
      keys.map((key) => redis.eval(DECODE, { keys: [key] }) as Promise<string>),
    );
    for (const { kind, key, amount, free } of records.flatMap(
      (record) => Object.values(JSON.parse(record) as object) as Entry[],
    )) {
      const tenant = tenants.find((one) => key.includes(one));
      if (kind !== 's' || free === true || tenant === undefined) continue;
      const { count, amount: before } = lapsed.get(tenant) ?? { count: 0, amount: 0 };
      lapsed.set(tenant, { count: count + 1, amount: before + Number(amount) });
    }
  }
  redis.destroy();
  return lapsed;
}
