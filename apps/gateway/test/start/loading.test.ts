import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { runMain } from '../support/run-main.js';

// Writes down which files are loaded, however they were asked for.
const WATCH = `import { registerHooks } from 'node:module'; import { appendFileSync } from 'node:fs';
registerHooks({ load(url, context, next) { appendFileSync(process.env.LOADED, url + '\\n'); return next(url, context); } });`;

const STORES = [
  '/redis/dist/',
  '/postgres/dist/',
  '/sqlite/dist/',
  '@redis',
  '/pg/',
  'node:sqlite',
];
const LAYERS = ['limits', 'spending', 'caching', 'resilience', 'routing', 'guards', 'spool'];

/** The files that a gateway has loaded once it is ready. */
async function loaded(config: ConfigInput = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inferway-loading-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'loaded');
  const main = await runMain(
    {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(WATCH)}`,
      LOADED: file,
      KEY_A: 'iw_key-of-a',
    },
    [],
    (at) => writeFile(join(at, 'inferway.config.json'), JSON.stringify(config)),
  );
  await main.ready();
  return readFile(file, 'utf8');
}

test('a gateway without a config loads no store and no layer that nobody asked for', async () => {
  const files = await loaded();
  expect(files).toContain('/core/dist/middleware/index.js');
  for (const store of STORES) expect(files).not.toContain(store);
  for (const layer of LAYERS) expect(files).not.toContain(`/core/dist/${layer}/index.js`);
  expect(files).not.toContain('/otel/dist/');
});

test('a config loads what it writes, and no more', async () => {
  const files = await loaded({
    localEngines: false,
    keys: [{ id: 'a', key: '${KEY_A}', limits: { concurrency: 2 } }],
    ledger: { sqlite: 'ledger.db' },
  });
  expect(files).toContain('/sqlite/dist/');
  expect(files).toContain('/core/dist/limits/index.js');
  expect(files).toContain('/core/dist/spending/index.js');
  for (const store of STORES.slice(0, 2)) expect(files).not.toContain(store);
  for (const layer of ['caching', 'resilience', 'routing', 'guards', 'spool']) {
    expect(files).not.toContain(`/core/dist/${layer}/index.js`);
  }
});
