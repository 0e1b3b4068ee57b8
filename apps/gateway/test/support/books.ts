import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Service } from '@inferway/conformance';
import type { Caller } from '@inferway/core';
import { priceTable } from '@inferway/core/middleware';
import { budget, type BudgetRule, type BudgetState } from '@inferway/core/spending';
import type { LedgerRow } from '@inferway/core/stores';
import { createRedisStores } from '@inferway/redis';
import { createSqliteLedger } from '@inferway/sqlite';
import { describe, it, onTestFinished } from 'vitest';

/** For `withService`. */
export const REDIS: Service = {
  name: 'Redis',
  variable: 'REDIS_URL',
  url: 'redis://127.0.0.1:6379',
  runner: { describe, it },
};

/** The rows that a gateway wrote into its file. */
export async function rowsOf(path: string): Promise<readonly LedgerRow[]> {
  const ledger = createSqliteLedger({ path });
  try {
    return (await ledger.rows({}, { limit: 1000 })).rows;
  } finally {
    await ledger.close?.();
  }
}

/** How the budgets of a gateway stand in its Redis, as another process sees them. */
export async function standing(
  url: string,
  prefix: string,
  budgets: readonly BudgetRule[],
  who: Caller,
): Promise<readonly BudgetState[]> {
  const stores = createRedisStores({ url, prefix, timeoutMs: 2000 });
  const prices = priceTable({ 'p/*': { input: 1, output: 1 } });
  try {
    return await budget({ store: stores.quota, budgets, prices }).states(who);
  } finally {
    await stores.close();
  }
}

/** A prefix that nobody else uses, whose keys are deleted after the test. */
export function testPrefix(url: string): string {
  const prefix = `inferway-test-${randomBytes(6).toString('hex')}`;
  onTestFinished(() => wipe(url, prefix));
  return prefix;
}

const DELETE = `for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end return 1`;

function wipe(url: string, prefix: string): Promise<void> {
  const { hostname, port, password } = new URL(url);
  const socket = connect(Number(port || 6379), hostname);
  const send = (...words: string[]): boolean =>
    socket.write(
      `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`,
    );
  if (password !== '') send('AUTH', password);
  send('EVAL', DELETE, '0', `{${prefix}}*`);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (answer) => {
      if (!answer.toString().includes(':1')) return;
      socket.destroy();
      resolve();
    });
  });
}
