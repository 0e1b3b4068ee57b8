import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClient } from '@inferway/core';
import { fileBatchStore } from '@inferway/core/batch-files';
import { fakeProvider, say } from '@inferway/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

/** A server that writes down what it was asked, and holds its answers once told to. */
class Oracle {
  readonly asked: string[] = [];
  readonly held: ServerResponse[] = [];
  holdAfter = Infinity;
  readonly #arrivals: (() => void)[] = [];
  readonly #server = createServer((request, response) => {
    const number = (request.url ?? '').slice(1);
    this.asked.push(number);
    if (this.asked.length > this.holdAfter) this.held.push(response);
    else response.end(`answer ${number}`);
    for (const arrived of this.#arrivals.splice(0)) arrived();
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async until(ready: () => boolean): Promise<void> {
    while (!ready()) await new Promise<void>((resolve) => this.#arrivals.push(resolve));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let directory: string;
let oracle: Oracle;
let url: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inferway-batches-'));
  oracle = new Oracle();
  url = await oracle.listen();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  oracle.close();
  await rm(directory, { recursive: true, force: true });
});

function run(...more: string[]): { child: ChildProcess; lines: AsyncIterator<string> } {
  const loader = `${root}tooling/run-sources.mjs`;
  const child = spawn(
    process.execPath,
    ['--conditions=inferway-source', '--import', loader, worker, directory, url, ...more],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  return {
    child,
    lines: createInterface({ input: child.stdout as never })[Symbol.asyncIterator](),
  };
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const { value } = (await lines.next()) as { value: string | undefined };
  return value ?? '';
}

describe('a batch in files', () => {
  test('goes on after kill -9 by the same id: what was finished is not run again', async () => {
    oracle.holdAfter = 4;
    const first = run();
    const id = await next(first.lines);
    expect(id).toMatch(/^local\//u);
    // Two items are on their way, and so the four before them are written down.
    await oracle.until(() => oracle.held.length === 2);
    expect(oracle.asked).toEqual(['0', '1', '2', '3', '4', '5'].sort());

    // While it lives nobody else may write.
    const client = createClient({
      providers: [fakeProvider({ name: 'http', operations: ['complete'], script: say('never') })],
      batch: { store: fileBatchStore(directory) },
    });
    expect(await errorOf(client.batch.resume(id))).toMatchObject({ code: 'conflict' });
    const gone = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
    expect(await client.batch.status(id)).toMatchObject({
      status: 'pending',
      counts: { total: 10, succeeded: 4 },
    });
    expect(await errorOf(client.batch.wait(id))).toMatchObject({ code: 'conflict' });

    oracle.holdAfter = Infinity;
    const second = run(id);
    expect(await next(second.lines)).toBe(id);
    expect(JSON.parse(await next(second.lines))).toEqual({ total: 10, succeeded: 10, failed: 0 });
    // At least once: the two that were on their way were asked for twice, the others once.
    const times = (number: string): number => oracle.asked.filter((one) => one === number).length;
    expect(['0', '1', '2', '3'].map(times)).toEqual([1, 1, 1, 1]);
    expect(['4', '5'].map(times)).toEqual([2, 2]);
    expect(['6', '7', '8', '9'].map(times)).toEqual([1, 1, 1, 1]);

    const texts: unknown[] = [];
    for await (const outcome of client.batch.results<'complete'>(id)) {
      texts.push(outcome.status === 'succeeded' ? outcome.result.text : outcome.error);
    }
    expect(texts.sort()).toEqual(Array.from({ length: 10 }, (_none, n) => `answer ${n}`));
  });
});
