import { createClient } from '@redis/client';
import pg from 'pg';

/** Leaves the servers as they were: without the schema and the keys of one run. */
export async function removeAll(
  redisUrl: string,
  postgresUrl: string,
  name: string,
): Promise<void> {
  const database = new pg.Client({ connectionString: postgresUrl });
  await database.connect();
  await database.query(`drop schema if exists "${name}" cascade`);
  await database.end();
  await removeKeys(redisUrl, name);
}

/** All that Redis knows of one run. */
export async function removeKeys(redisUrl: string, name: string): Promise<void> {
  const redis = createClient({ url: redisUrl });
  await redis.connect();
  for await (const keys of redis.scanIterator({ MATCH: `{${name}}:*`, COUNT: 1000 })) {
    if (keys.length > 0) await redis.del(keys);
  }
  redis.destroy();
}
