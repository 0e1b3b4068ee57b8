import { randomBytes } from 'node:crypto';
import { relay, withService, type Relay } from '@inferway/conformance';
import { createRedisStores, type RedisStores } from '@inferway/redis';
import { Client } from 'pg';
import { afterAll, describe, it, onTestFinished } from 'vitest';
import { removeKeys } from '../../accounting/clean-up.js';

const REDIS = {
  name: 'Redis',
  variable: 'REDIS_URL',
  url: 'redis://127.0.0.1:6379',
  runner: { describe, it },
} as const;
const POSTGRES = {
  name: 'Postgres',
  variable: 'DATABASE_URL',
  url: 'postgres://postgres@127.0.0.1:5432/test',
  runner: { describe, it },
} as const;

export interface SharedRedis {
  readonly url: string;
  /** Of this file alone; its keys are deleted at the end. */
  readonly prefix: string;
  /** Stores on a connection of their own, as another process has; past a relay where one is given. */
  open(timeoutMs: number, way?: Relay): RedisStores;
  /** A relay before the server, until the end of the test. */
  way(): Promise<Relay>;
  /** Deletes all keys of the prefix: what a store that came back empty looks like. */
  empty(): Promise<void>;
}

/** Registers tests against the real Redis. */
export function withRedis(body: (redis: SharedRedis) => void): Promise<void> {
  return withService(REDIS, (url) => {
    const prefix = `faults-test-${randomBytes(6).toString('hex')}`;
    const empty = (): Promise<void> => removeKeys(url, prefix);
    afterAll(empty);
    body({
      url,
      prefix,
      empty,
      open(timeoutMs, way) {
        const at = new URL(url);
        if (way !== undefined) at.host = `${way.host}:${way.port}`;
        const stores = createRedisStores({ url: at.href, prefix, timeoutMs });
        onTestFinished(() => stores.close());
        return stores;
      },
      way: () => wayTo(url, 6379),
    });
  });
}

export interface SharedPostgres {
  readonly url: string;
  /** Of this file alone; dropped at the end. */
  readonly schema: string;
  way(): Promise<Relay>;
}

/** Registers tests against the real Postgres. */
export function withPostgres(body: (postgres: SharedPostgres) => void): Promise<void> {
  return withService(POSTGRES, (url) => {
    const schema = `faults_${randomBytes(6).toString('hex')}`;
    afterAll(async () => {
      const client = new Client(url);
      await client.connect();
      await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
      await client.end();
    });
    body({ url, schema, way: () => wayTo(url, 5432) });
  });
}

async function wayTo(url: string, usual: number): Promise<Relay> {
  const { hostname, port } = new URL(url);
  const way = await relay({ host: hostname, port: port === '' ? usual : Number(port) });
  onTestFinished(async () => {
    way.thaw();
    await way.close();
  });
  return way;
}
