import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { InferwayError } from '@inferway/core';
import type { LedgerRow } from '@inferway/core/stores';
import { createSqliteCache, createSqliteLedger } from '@inferway/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'inferway-sqlite-'));
  path = join(directory, 'ledger.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const row = (id: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  callId: 'c',
  attempt: 1,
  at: 1000,
  caller: { tenant: 't' },
  operation: 'chat',
  provider: 'p',
  model: 'm',
  status: 'complete',
  cost: 5,
  costSource: 'price',
  possiblyBilled: false,
  ...more,
});

async function errorOf(work: Promise<unknown> | (() => unknown)): Promise<InferwayError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (reason) {
    if (InferwayError.is(reason)) return reason;
    throw reason;
  }
  throw new Error('did not fail');
}

describe('a file', () => {
  test('keeps rows from one opening to the next, and each id once', async () => {
    for (let time = 0; time < 3; time++) {
      const ledger = createSqliteLedger({ path });
      await ledger.append([row('a'), row(`b${time}`)]);
      expect((await ledger.sum({}))[0]).toMatchObject({ attempts: time + 2, cost: (time + 2) * 5 });
      await ledger.close?.();
    }
  });

  test('is written by several processes at once: nothing lost, nothing doubled', async () => {
    const worker = fileURLToPath(new URL('writer.ts', import.meta.url));
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    const children = [0, 1, 2, 3].map((number) =>
      spawn(
        process.execPath,
        [
          '--conditions=inferway-source',
          '--import',
          `${root}tooling/run-sources.mjs`,
          worker,
          path,
          String(number),
        ],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      ),
    );
    const codes = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(codes.map(([code]) => code)).toEqual([0, 0, 0, 0]);
    const ledger = createSqliteLedger({ path });
    // 50 batches of 5 rows of its own and 5 that all write.
    expect(
      (await ledger.sum({}, ['user'])).map(({ group, attempts }) => [group.user, attempts]),
    ).toEqual([
      ['all', 250],
      ['w0', 250],
      ['w1', 250],
      ['w2', 250],
      ['w3', 250],
    ]);
    await ledger.close?.();
  });

  test('that somebody else writes to is waited for, up to timeoutMs, without stopping the event loop', async () => {
    const ledger = createSqliteLedger({ path, timeoutMs: 60 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const counter = setInterval(() => turns++, 1);
    const error = await errorOf(ledger.append([row('a')]));
    clearInterval(counter);
    expect(error).toMatchObject({ code: 'timeout' });
    expect(turns).toBeGreaterThan(2);
    other.exec('COMMIT');
    other.close();
    await ledger.append([row('a')]);
    expect((await ledger.rows({})).rows.length).toBe(1);
    await ledger.close?.();
  });

  test('of a newer release is refused, and left as it was', async () => {
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    const error = await errorOf(() => createSqliteLedger({ path }));
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('99') });
    const again = new DatabaseSync(path);
    expect(again.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 0 });
    again.close();
  });

  test('that is none of SQLite’s, or damaged, is told as such', async () => {
    writeFileSync(path, 'no database, but long enough to be read as the head of one'.repeat(40));
    expect(await errorOf(() => createSqliteLedger({ path }))).toMatchObject({
      code: 'configuration',
      param: 'path',
      message: expect.stringContaining('no SQLite database'),
    });
    rmSync(path);
    const ledger = createSqliteLedger({ path });
    await ledger.append(Array.from({ length: 500 }, (_none, index) => row(`r${index}`)));
    await ledger.close?.();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4096, bytes.length);
    writeFileSync(path, bytes);
    const damaged = createSqliteLedger({ path });
    expect(await errorOf(damaged.sum({}) as Promise<unknown>)).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/damaged/u),
    });
    await damaged.close?.();
  });

  test('in a directory that does not exist is refused with the cure', async () => {
    const error = await errorOf(() =>
      createSqliteLedger({ path: join(directory, 'no', 'such.db') }),
    );
    expect(error).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/directory that exists/u),
    });
  });

  test('that may not be written is refused', async () => {
    await createSqliteLedger({ path }).close?.();
    const ledger = createSqliteLedger({ path: `file:${path}?mode=ro` });
    expect(await errorOf(ledger.append([row('a')]))).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('read-only'),
    });
    await ledger.close?.();
  });

  test('that cannot grow refuses whole batches, and keeps what it has', async () => {
    const ledger = createSqliteLedger({ path, maxBytes: 1_048_576 });
    let batches = 0;
    const batch = (): Promise<void> =>
      ledger.append(Array.from({ length: 500 }, (_none, index) => row(`${batches}/${index}`)));
    const filled = async (): Promise<never> => {
      for (;;) {
        await batch();
        batches++;
      }
    };
    expect(await errorOf(filled())).toMatchObject({
      code: 'overloaded',
      message: expect.stringMatching(/full/u),
    });
    expect(batches).toBeGreaterThan(2);
    expect((await ledger.sum({}))[0]?.attempts).toBe(batches * 500);
    await ledger.close?.();
    const larger = createSqliteLedger({ path });
    await larger.append([row('one more')]);
    expect((await larger.sum({}))[0]?.attempts).toBe(batches * 500 + 1);
    await larger.close?.();
  });

  test('that was closed says so, and closing twice is no failure', async () => {
    const ledger = createSqliteLedger({ path });
    await ledger.close?.();
    await ledger.close?.();
    expect(await errorOf(ledger.append([row('a')]))).toMatchObject({ code: 'configuration' });
  });
});

describe('a cache', () => {
  test('keeps maxEntries at most, and forgets those first that end first', async () => {
    const cache = createSqliteCache({ path: ':memory:', maxEntries: 4 });
    for (let index = 0; index < 9; index++) await cache.set(`k${index}`, 'v', 1000 * (index + 1));
    const kept = [];
    for (let index = 0; index < 9; index++)
      if ((await cache.get(`k${index}`)) !== undefined) kept.push(index);
    expect(kept.length).toBeLessThanOrEqual(8);
    expect(kept.at(-1)).toBe(8);
    expect(kept).not.toContain(0);
    await cache.close?.();
  });
});

test('bad options are refused by name', async () => {
  for (const [param, make] of [
    ['path', () => createSqliteLedger({ path: '' })],
    ['timeoutMs', () => createSqliteLedger({ path, timeoutMs: 0 })],
    ['timeoutMs', () => createSqliteLedger({ path, timeoutMs: Number.NaN })],
    ['maxBytes', () => createSqliteLedger({ path, maxBytes: 1000 })],
    ['sync', () => createSqliteLedger({ path, sync: 'off' as never })],
    ['maxEntries', () => createSqliteCache({ path, maxEntries: 0 })],
  ] as const) {
    expect(await errorOf(make as () => unknown)).toMatchObject({ code: 'configuration', param });
  }
});
