import type * as Fs from 'node:fs';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpool } from '@inferway/core/spool';
import { say, settle, stall, virtualClock } from '@inferway/core/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { thisProcess } from '../../src/disk/process-owner.js';
import { setUp } from '../ledger/set-up.js';
import { errorOf, failure } from '../helpers.js';

// How many bytes the disk still takes; the rest of what is given to it is refused, as the system does.
const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY, keepsHalves: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  const full = (): Error =>
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  return {
    ...fs,
    writeSync(fd: number, data: Buffer, offset: number, length: number): number {
      if (disk.free <= 0) throw full();
      const part = Math.min(length, disk.free);
      disk.free -= part;
      return fs.writeSync(fd, data, offset, part, null);
    },
    ftruncateSync(fd: number, length: number): void {
      if (disk.keepsHalves) throw full();
      fs.ftruncateSync(fd, length);
    },
  };
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'inferway-full-'));
});
afterEach(() => {
  disk.free = Number.POSITIVE_INFINITY;
  disk.keepsHalves = false;
  rmSync(root, { recursive: true, force: true });
});

test.each([false, true])(
  'a full disk refuses calls, and nothing that runs is lost; half a line is taken back or skipped (%s)',
  async (keepsHalves) => {
    disk.keepsHalves = keepsHalves;
    const clock = virtualClock();
    const spool = createSpool({ directory: root, clock });
    const set = setUp(
      (_call, attempt) => (attempt === 2 ? [...say('a').slice(0, 3), stall()] : say('a')),
      { spool, clock },
    );
    await set.chat();
    const running = await set.stream();
    // Half of the next line fits.
    disk.free = 100;
    for (let n = 0; n < 3; n++) {
      expect(await errorOf(set.chat())).toMatchObject({
        code: 'overloaded',
        retryable: false,
        httpStatus: 503,
      });
    }
    // The attempt that runs ends now: its row is in memory, and reaches the ledger from there.
    for await (const _event of running) break;
    await set.layer.flush();
    expect((await set.store.all()).map(({ status }) => status)).toEqual(['complete', 'cancelled']);
    expect(set.notices).toMatchObject([{ type: 'full', reason: 'disk' }]);
    disk.free = Number.POSITIVE_INFINITY;
    await clock.advance(2000);
    await set.chat();
    expect(set.notices.at(-1)).toMatchObject({ type: 'room', refused: 3 });

    // And what a later process finds there says nothing else to the same ledger.
    writeFileSync(join(spool.path, 'lock'), JSON.stringify({ ...thisProcess(), started: 'dead' }));
    const next = setUp(say('a'), {
      ledger: set.store,
      spool: createSpool({ directory: root, clock }),
      clock,
    });
    await next.layer.close();
    expect((await set.store.all()).map(({ status }) => status)).toEqual([
      'complete',
      'cancelled',
      'complete',
    ]);
    expect(next.notices).toMatchObject([{ type: 'recovered', damaged: keepsHalves ? 1 : 0 }]);
    expect(readdirSync(root).filter((name) => name.startsWith('writer-'))).toEqual([]);
  },
);

test('more rows than memory may hold wait on disk, and all are written when the ledger is back', async () => {
  const clock = virtualClock();
  const spool = createSpool({ directory: root, clock, maxBytes: 262_144 });
  const { chat, layer, store, notices } = setUp(say('a'), {
    spool,
    clock,
    maxRows: 5,
    batchRows: 5,
    retryMs: 100,
  });
  store.down = failure('connection');
  for (let n = 0; n < 100; n++) await chat();
  await settle();
  expect(layer.state.waiting).toBe(5);
  store.down = undefined;
  while (layer.state.waiting > 0) await clock.advance(1000);
  await layer.flush();
  expect((await store.all()).length).toBe(100);
  expect(notices.map(({ type }) => type)).toEqual(['outage', 'restored']);
  await layer.close();
  expect(readdirSync(root)).toEqual([]);
});

test('a spool that is full refuses calls until the ledger has taken rows', async () => {
  const clock = virtualClock();
  const spool = createSpool({ directory: root, clock, maxBytes: 65_536 });
  const { chat, layer, store, notices } = setUp(say('a'), {
    spool,
    clock,
    maxRows: 10,
    batchRows: 10,
    retryMs: 100,
  });
  store.down = failure('connection');
  let made = 0;
  const refused = await errorOf(
    (async () => {
      for (; made < 1000; made++) await chat();
    })(),
  );
  expect(refused).toMatchObject({
    code: 'overloaded',
    message: expect.stringContaining('maxBytes'),
  });
  expect(made).toBeGreaterThan(20);
  expect(spool.bytes).toBeLessThanOrEqual(65_536);
  store.down = undefined;
  await layer.flush();
  await chat();
  await layer.flush();
  expect((await store.all()).length).toBe(made + 1);
  expect(notices.map(({ type }) => type)).toEqual(['outage', 'full', 'restored', 'room']);
  await layer.close();
});
