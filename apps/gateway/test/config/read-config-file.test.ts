import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferwayError } from '@inferway/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findConfigFile } from '../../src/config/find-config-file.js';
import { readConfigFile } from '../../src/config/read-config-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inferway-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

let made = 0;
async function file(kind: string, text: string): Promise<string> {
  const path = join(folder, `config-${(made += 1)}.${kind}`);
  await writeFile(path, text);
  return path;
}

async function refusal(kind: string, text: string): Promise<string> {
  const path = await file(kind, text);
  const error: unknown = await readConfigFile(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(InferwayError.is(error) && error.code).toBe('configuration');
  return (error as InferwayError).message;
}

const whole = {
  host: '0.0.0.0',
  port: 9000,
  keys: [{ id: 'team-a', key: '${TEAM_A}' }],
  providers: { mine: { baseUrl: 'http://10.0.0.5:8000/v1', key: { env: 'MINE_KEY' } } },
  aliases: { fast: 'mine/a', smart: ['openai/b', 'fast'] },
  attempts: 5,
  retry: { attempts: 3 },
  timeouts: { connectMs: 1000, totalMs: false },
  cache: { ttlMs: 60_000 },
  limits: { bodyBytes: 1000 },
  prices: { 'mine/a': { input: 0.5, output: 1 } },
  localEngines: false,
  shutdownGraceMs: 100,
};

test('a config is the same from JSON, YAML and a module', async () => {
  const read = await readConfigFile(await file('json', JSON.stringify(whole)));
  expect(read).toEqual({ ...whole, keys: [{ id: 'team-a', key: { env: 'TEAM_A' } }] });
  const yaml = `
host: 0.0.0.0
port: 9000
keys: [{ id: team-a, key: '\${TEAM_A}' }]
providers: { mine: { baseUrl: 'http://10.0.0.5:8000/v1', key: { env: MINE_KEY } } }
aliases: { fast: mine/a, smart: [openai/b, fast] }
attempts: 5
retry: { attempts: 3 }
timeouts: { connectMs: 1000, totalMs: false }
cache: { ttlMs: 60000 }
limits: { bodyBytes: 1000 }
prices: { mine/a: { input: 0.5, output: 1 } }
localEngines: false
shutdownGraceMs: 100
`;
  expect(await readConfigFile(await file('yaml', yaml))).toEqual(read);
  const module = `export default ${JSON.stringify(whole)};`;
  expect(await readConfigFile(await file('mjs', module))).toEqual(read);
  const typed = `const port: number = 9000; export default { ...${JSON.stringify(whole)}, port };`;
  expect(await readConfigFile(await file('ts', typed))).toEqual(read);
});

test('an empty file is an empty config', async () => {
  expect(await readConfigFile(await file('yaml', ''))).toEqual({});
});

test('a key in the file is refused, and not repeated', async () => {
  const message = await refusal(
    'yaml',
    'providers:\n  mine: { baseUrl: "http://x/v1", key: sk-canary-1234567890 }\n',
  );
  expect(message).toContain('providers.mine.key');
  expect(message).toContain('environment variable');
  expect(message).not.toContain('canary');
});

test.each([
  ['fallback: {}', 'Unknown setting "fallback"'],
  ['limits: { bodyBites: 1 }', 'limits: Unknown setting "bodyBites"'],
  ['port: 70000', 'port: '],
  ['keys: [{ id: a }]', 'keys[0].key'],
  ['providers: { "a/b": { baseUrl: "http://x" } }', 'providers.a/b: The name is not allowed'],
  ['providers: { a: { baseUrl: "ftp://x" } }', 'providers.a.baseUrl: Write a whole URL'],
  ['aliases: { a: [] }', 'aliases.a'],
  [
    'prices: { gpt: { input: 1, output: 1 } }',
    'prices.gpt: The name is not allowed here. Write "provider/model"',
  ],
  ['retry: { attempts: 0 }', 'retry'],
  ['[]', 'the file: '],
])('%s is refused with its path', async (text, said) => {
  expect(await refusal('yaml', text)).toContain(said);
});

test('broken syntax is told by its line', async () => {
  expect(await refusal('yaml', 'a: 1\nb: [1,\n')).toMatch(/line [23], column/u);
  expect(await refusal('json', '{"port": 1,\n "host": }')).toMatch(/line 2, column 10/u);
  expect(await refusal('yaml', 'port: 1\nport: 2\n')).toContain('DUPLICATE_KEY');
});

test('a module without a default export, and one that throws, are refused', async () => {
  expect(await refusal('mjs', 'export const config = {};')).toContain('no default export');
  expect(await refusal('mjs', 'throw new Error("nope")')).toContain('cannot be loaded: nope');
});

test('the named file is used, else the one with a usual name, and two of those are refused', async () => {
  expect(findConfigFile(folder, undefined)).toBeUndefined();
  expect(() => findConfigFile(folder, 'missing.yaml')).toThrow('does not exist');
  const yaml = join(folder, 'inferway.config.yaml');
  await writeFile(yaml, '');
  expect(findConfigFile(folder, undefined)).toBe(yaml);
  const json = join(folder, 'inferway.config.json');
  await writeFile(json, '{}');
  expect(() => findConfigFile(folder, undefined)).toThrow('Keep one');
  expect(findConfigFile(folder, 'inferway.config.json')).toBe(json);
});
