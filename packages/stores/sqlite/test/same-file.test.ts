import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerRow } from '@inferway/core/stores';
import { createSqliteLedger } from '@inferway/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'inferway-sqlite-'));
  path = join(directory, 'ledger.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const row = (id: string): LedgerRow => ({
  id,
  callId: 'c',
  attempt: 1,
  at: 1000,
  caller: { tenant: "'; DROP TABLE ledger; --" },
  operation: 'chat',
  provider: 'p',
  model: 'm',
  status: 'complete',
  cost: 5,
  costSource: 'price',
  possiblyBilled: false,
});

test('a file that is taken away takes no rows along: they are refused until it is back', async () => {
  const ledger = createSqliteLedger({ path });
  await ledger.append([row('1')]);
  const parts = ['', '-wal', '-shm'];
  for (const part of parts) renameSync(path + part, `${path}.away${part}`);
  await expect(ledger.append([row('2')])).rejects.toMatchObject({ code: 'server' });
  await expect(ledger.sum({})).rejects.toThrow('was removed, or another file is in its place');
  for (const part of parts) renameSync(`${path}.away${part}`, path + part);
  await ledger.append([row('2')]);
  expect((await ledger.sum({}))[0]).toMatchObject({ attempts: 2 });
  await ledger.close?.();
});

test('nor does one that was removed, or replaced', async () => {
  const ledger = createSqliteLedger({ path });
  await ledger.append([row('1')]);
  rmSync(path);
  await expect(ledger.append([row('2')])).rejects.toMatchObject({ code: 'server' });
  const other = createSqliteLedger({ path: join(directory, 'other.db') });
  renameSync(join(directory, 'other.db'), path);
  await expect(ledger.append([row('2')])).rejects.toMatchObject({ code: 'server' });
  await other.close?.();
  await ledger.close?.();
});

test('where the process goes meanwhile does not matter, nor does what is no file', async () => {
  const before = process.cwd();
  process.chdir(directory);
  const ledger = createSqliteLedger({ path: 'relative.db' });
  const memory = createSqliteLedger({ path: ':memory:' });
  process.chdir(before);
  for (const one of [ledger, memory]) {
    await one.append([row('1')]);
    expect((await one.sum({}))[0]).toMatchObject({ attempts: 1 });
    await one.close?.();
  }
});
