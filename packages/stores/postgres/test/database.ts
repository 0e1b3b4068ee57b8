import { randomBytes } from 'node:crypto';
import { withService, type Service } from '@inferway/conformance';
import { Client } from 'pg';
import { afterAll, describe, it } from 'vitest';

export interface TestDatabase {
  readonly url: string;
  /** Of this run alone; removed when the file's tests are over. */
  readonly schema: string;
  /** One statement, past the store. */
  readonly ask: (sql: string) => Promise<readonly Record<string, unknown>[]>;
}

const service: Service = {
  name: 'Postgres',
  variable: 'DATABASE_URL',
  url: 'postgres://postgres@127.0.0.1:5432/test',
  runner: { describe, it },
};

/** Registers tests against the real server. */
export function withDatabase(body: (database: TestDatabase) => void): Promise<void> {
  return withService(service, (url) => {
    const schema = `test_${randomBytes(6).toString('hex')}`;
    const ask: TestDatabase['ask'] = async (sql) => {
      const client = new Client(url);
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    };
    afterAll(async () => {
      await ask(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
    });
    body({ url, schema, ask });
  });
}
