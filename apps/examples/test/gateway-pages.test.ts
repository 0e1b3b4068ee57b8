import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './command.js';
import { readPage } from './pages.js';
import { fencedBlocks } from './snippets/fenced-block.js';
import { workspace } from './workspace.js';

const KEY = 'inferway-key-of-the-examples';
const WRITTEN = 'http://127.0.0.1:8787';

let gateway: ChildProcess;
let url: string;
let folder: string;
beforeAll(async () => {
  const sources = join(workspace, 'tooling/run-sources.mjs');
  const main = join(workspace, 'apps/gateway/src/main.ts');
  gateway = spawn(
    process.execPath,
    ['--conditions=inferway-source', '--import', sources, main, '--port', '0'],
    {
      cwd: workspace,
      // Nothing of this machine's: no keys, and no engine's port.
      env: { PATH: process.env['PATH'], INFERWAY_KEY: KEY },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  url = await readyUrl(gateway);
  // Beside the examples, whose dependencies the programs import.
  const parent = join(workspace, 'apps/examples/node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'gateway-pages-'));
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (gateway.exitCode !== null) return;
  gateway.kill('SIGTERM');
  await once(gateway, 'exit');
});

async function readyUrl(process: ChildProcess): Promise<string> {
  if (process.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: process.stdout })) {
    const ready = /ready at (?<url>\S+)/u.exec(line)?.groups?.['url'];
    if (ready === undefined) continue;
    process.stdout.resume();
    return ready;
  }
  throw new Error('the gateway ended before it was ready');
}

describe('the pages about the gateway', () => {
  const programs = fencedBlocks(readPage('docs/guide/gateway.md').text)
    .filter(({ info }) => info === 'ts')
    .map(({ text }) => ({ text, client: /from '(?<name>[^']+)'/u.exec(text)?.groups?.['name'] }));

  it('have a program for each official client', () => {
    expect(programs.map(({ client }) => client)).toEqual([
      'openai',
      '@anthropic-ai/sdk',
      '@huggingface/inference',
    ]);
  });

  it.each(programs)('get an answer from it with $client', async ({ text, client = '' }) => {
    const file = join(folder, `${client.replaceAll(/\W+/gu, '-')}.mjs`);
    writeFileSync(file, text.replaceAll(WRITTEN, url));
    const printed = await run(process.execPath, [file], {
      cwd: folder,
      env: { INFERWAY_KEY: KEY },
    });
    expect(printed).toContain('Simulated answer to Say hello');
  });

  it('have a curl command that works as it stands', async () => {
    const command = fencedBlocks(readPage('README.md').text).find(({ text }) =>
      text.startsWith('curl '),
    );
    // Not every machine has curl: read as a shell would, sent by Node.
    const words = [
      ...(command?.text ?? '').matchAll(/"(?<d>[^"]*)"(?=\s)|'(?<s>[^']*)'|[^\s'"\\]+/gu),
    ];
    const [, address = '', ...options] = words.map(({ 0: word, groups }) =>
      (groups?.['d'] ?? groups?.['s'] ?? word).replace('$INFERWAY_KEY', KEY),
    );
    const headers = new Headers();
    let body = '';
    for (let at = 0; at < options.length; at += 2) {
      const value = options[at + 1] ?? '';
      if (options[at] === '-d') body = value;
      else if (options[at] === '-H') headers.append(...(value.split(': ') as [string, string]));
      else throw new Error(`an option that this test does not know: ${options[at]}`);
    }
    expect(address.startsWith(WRITTEN)).toBe(true);
    const answer = await fetch(address.replace(WRITTEN, url), { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-inferway-simulated')).toBe('true');
    expect(await answer.text()).toContain('Simulated answer to Say hello');
  });
});
