import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ledger, type LedgerNotice } from '@inferway/core/spending';
import { memoryLedger } from '@inferway/core/stores';
import { createSpool } from '@inferway/core/spool';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

let directory: string;
const children: ChildProcess[] = [];
const held: ServerResponse[] = [];
let answered = 0;
let billed: string[] = [];
let arrivals: (() => void)[] = [];
// Bills what it is asked for at once, answers the even numbers, and lets the odd ones wait.
const server = createServer((request, response) => {
  const number = (request.url ?? '').slice(1);
  billed.push(number);
  if (Number(number) % 2 === 0) {
    answered++;
    response.end(`answer ${number}`);
  } else held.push(response);
  for (const arrived of arrivals.splice(0)) arrived();
});
let url: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inferway-spool-'));
  answered = 0;
  billed = [];
  arrivals = [];
  held.length = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

function run(ledgerFile: string): ChildProcess {
  const loader = `${root}tooling/run-sources.mjs`;
  const child = spawn(
    process.execPath,
    [
      '--conditions=inferway-source',
      '--import',
      loader,
      worker,
      join(directory, 'spool'),
      ledgerFile,
      url,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  return child;
}

async function linesOf(directoryOfSpool: string): Promise<string[]> {
  const names = await readdir(directoryOfSpool, { recursive: true });
  const texts = await Promise.all(
    names
      .filter((name) => name.endsWith('.log'))
      .map((name) => readFile(join(directoryOfSpool, name), 'utf8')),
  );
  return texts.join('').split('\n').filter(Boolean);
}

/** The spools of dead processes, brought to a ledger as the next process does it. */
async function recovered(spoolDirectory: string): Promise<{
  readonly store: ReturnType<typeof memoryLedger>;
  readonly notices: LedgerNotice[];
}> {
  const store = memoryLedger();
  const notices: LedgerNotice[] = [];
  const layer = ledger({
    ledger: store,
    spool: createSpool({ directory: spoolDirectory }),
    onNotice: (notice) => notices.push(notice),
  });
  await layer.close();
  return { store, notices };
}

test('after kill -9 every attempt that was sent has one row: the ended ones exact, the others estimated', async () => {
  const spool = join(directory, 'spool');
  const child = run('');
  while (billed.length < 20) await new Promise<void>((resolve) => arrivals.push(resolve));
  // Ends are on disk when ten lines say so.
  while ((await linesOf(spool)).filter((line) => line.slice(9, 11) === 'E ').length < 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await gone).toEqual([null, 'SIGKILL']);

  for (const line of await linesOf(spool)) expect(line).not.toMatch(/prompt|answer/u);
  const { store, notices } = await recovered(spool);
  const { rows } = await store.rows({}, { limit: 1000 });
  expect(rows.length).toBe(20);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(20);
  const complete = rows.filter(({ status }) => status === 'complete');
  expect(complete.length).toBe(10);
  for (const row of complete) expect(row).toMatchObject({ cost: 11_000, costSource: 'price' });
  const abandoned = rows.filter(({ status }) => status === 'abandoned');
  expect(abandoned.length).toBe(10);
  for (const row of abandoned) {
    expect(row).toMatchObject({ costSource: 'estimate', possiblyBilled: true, outputTokens: 100 });
    expect(row.cost).toBeGreaterThanOrEqual(200_000);
  }
  expect(notices).toEqual([{ type: 'recovered', rows: 20, abandoned: 10, damaged: 0 }]);
  // Once: nothing is left for the next one.
  expect(await readdir(spool)).toEqual([]);
  expect((await recovered(spool)).notices).toEqual([]);
});

test('what a living process has in its spool is left alone', async () => {
  const spool = join(directory, 'spool');
  const child = run('');
  while (billed.length < 20) await new Promise<void>((resolve) => arrivals.push(resolve));
  const { store, notices } = await recovered(spool);
  expect((await store.rows({})).rows).toEqual([]);
  expect(notices).toEqual([]);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  const after = await recovered(spool);
  expect((await after.store.sum({}))[0]?.attempts).toBe(20);
});

test('a program that closes leaves no spool, and its files were for its owner alone', async () => {
  const file = join(directory, 'ledger.jsonl');
  const child = run(file);
  while (billed.length < 20) await new Promise<void>((resolve) => arrivals.push(resolve));
  const spool = join(directory, 'spool');
  for (const name of await readdir(spool, { recursive: true })) {
    const { mode } = await stat(join(spool, name));
    expect([name, (mode & 0o077).toString(8)]).toEqual([name, '0']);
  }
  const gone = once(child, 'exit');
  for (const response of held) response.end('late');
  expect(await gone).toEqual([0, null]);
  const rows = (await readFile(file, 'utf8')).trim().split('\n');
  expect(rows.length).toBe(20);
  expect(await readdir(spool)).toEqual([]);
  expect(answered).toBe(10);
});
