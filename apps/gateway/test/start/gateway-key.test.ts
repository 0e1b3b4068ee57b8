import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gatewayKey } from '../../src/start/gateway-key.js';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'inferway-key-'));
});
afterEach(() => rm(state, { recursive: true }));

test('a key is made once, readable by its owner alone, and found again', async () => {
  const first = await gatewayKey({ XDG_STATE_HOME: state });
  expect(first).toMatchObject({ from: 'made', file: join(state, 'inferway', 'gateway-key') });
  expect(first.secret).toMatch(/^iw_[\w-]{32}$/u); // 192 bits
  expect((await stat(first.file ?? '')).mode & 0o777).toBe(0o600);
  expect((await stat(join(state, 'inferway'))).mode & 0o777).toBe(0o700);
  const again = await gatewayKey({ XDG_STATE_HOME: state });
  expect(again).toMatchObject({ from: 'kept', secret: first.secret });
});

test('gateways that start at once agree on one key', async () => {
  const keys = await Promise.all(
    Array.from({ length: 8 }, () => gatewayKey({ XDG_STATE_HOME: state })),
  );
  expect(new Set(keys.map(({ secret }) => secret)).size).toBe(1);
});

test('without XDG_STATE_HOME, or with a relative one, the home folder is used', async () => {
  const key = await gatewayKey({ HOME: state, XDG_STATE_HOME: 'relative' });
  expect(key.file).toBe(join(state, '.local', 'state', 'inferway', 'gateway-key'));
});

test('a kept key that others may read is closed to them', async () => {
  const { file = '' } = await gatewayKey({ XDG_STATE_HOME: state });
  await chmod(file, 0o644);
  await gatewayKey({ XDG_STATE_HOME: state });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('INFERWAY_KEY is used and nothing is kept', async () => {
  const key = await gatewayKey({
    XDG_STATE_HOME: state,
    INFERWAY_KEY: 'my-own-key-of-20-characters',
  });
  expect(key).toEqual({ secret: 'my-own-key-of-20-characters', from: 'environment' });
  await expect(readFile(join(state, 'inferway', 'gateway-key'))).rejects.toThrow('ENOENT');
});

test('a key with a line end, and a short one, are refused by the name of the variable alone', async () => {
  for (const INFERWAY_KEY of ['canary-key-0123456789\nx', 'canary']) {
    const failure: unknown = await gatewayKey({ INFERWAY_KEY }).catch((reason: unknown) => reason);
    expect(String(failure)).toContain('INFERWAY_KEY');
    expect(String(failure)).not.toContain('canary');
  }
});

test('a key file that holds something else is refused with the cure', async () => {
  const { file = '' } = await gatewayKey({ XDG_STATE_HOME: state });
  await writeFile(file, 'short');
  await expect(gatewayKey({ XDG_STATE_HOME: state })).rejects.toThrow('Delete it');
});
