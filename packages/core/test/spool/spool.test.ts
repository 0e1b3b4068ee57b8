import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createSpool, type Spool, type SpoolOptions } from '@inferway/core/spool';
import type { LedgerRow } from '@inferway/core/stores';
import { virtualClock } from '@inferway/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisProcess } from '../../src/disk/process-owner.js';
import { errorOf, failure } from '../helpers.js';

let root: string;
const spools: Spool[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'inferway-spool-'));
});
afterEach(async () => {
  for (const spool of spools.splice(0)) await spool.close();
  rmSync(root, { recursive: true, force: true });
});

function open(options: Partial<SpoolOptions> = {}): Spool {
  const spool = createSpool({ directory: root, clock: virtualClock(), ...options });
  spools.push(spool);
  return spool;
}

const row = (
  id: string,
  status: LedgerRow['status'] = 'complete',
  more: Partial<LedgerRow> = {},
): LedgerRow => ({
  id,
  callId: 'c',
  attempt: 1,
  at: 0,
  caller: { user: 'u' },
  operation: 'chat',
  provider: 'p',
  model: 'm',
  status,
  cost: status === 'abandoned' ? 99 : 5,
  costSource: status === 'abandoned' ? 'estimate' : 'price',
  possiblyBilled: status === 'abandoned',
  ...more,
});

const begin = (spool: Spool, ...ids: string[]): void => {
  for (const id of ids) spool.begin(row(id, 'abandoned'));
};
const end = (spool: Spool, ...ids: string[]): void => {
  for (const id of ids) expect(spool.end(row(id))).toBe(true);
};

/** Its process dies: the lock names one that there is not. */
function kill(spool: Spool): void {
  writeFileSync(
    join(spool.path, 'lock'),
    JSON.stringify({ ...thisProcess(), pid: 2 ** 30, started: undefined }),
  );
}

const segments = (spool: Spool): string[] =>
  readdirSync(spool.path)
    .filter((name) => name.endsWith('.log'))
    .toSorted();
const last = (spool: Spool): string => join(spool.path, segments(spool).at(-1) ?? '');

async function recovered(by: Spool): Promise<{ rows: LedgerRow[]; told: object }> {
  const rows: LedgerRow[] = [];
  const told = await by.recover(async (given) => void rows.push(...given));
  return { rows, told };
}

const ids = (rows: readonly LedgerRow[]): string[] =>
  rows.map(({ id, status }) => `${id} ${status}`);

describe('what a dead process left', () => {
  test('is what had ended and was not acknowledged, and what had not ended', async () => {
    const dead = open();
    begin(dead, 'a', 'b', 'c', 'd');
    end(dead, 'a', 'b');
    dead.acknowledge(['a']);
    kill(dead);
    const { rows, told } = await recovered(open());
    expect(ids(rows)).toEqual(['b complete', 'c abandoned', 'd abandoned']);
    expect(told).toEqual({ rows: 3, abandoned: 2, damaged: 0 });
    expect((await recovered(open())).rows).toEqual([]);
  });

  test('stays there until the ledger has it', async () => {
    const dead = open();
    begin(dead, 'a', 'b');
    end(dead, 'a');
    kill(dead);
    const next = open();
    await errorOf(next.recover(() => Promise.reject(failure('connection'))));
    expect(ids((await recovered(next)).rows)).toEqual(['a complete', 'b abandoned']);
  });

  test('is recovered by one of several at once', async () => {
    const dead = open();
    begin(dead, 'a');
    kill(dead);
    const found = await Promise.all(Array.from({ length: 6 }, () => recovered(open())));
    expect(found.flatMap(({ rows }) => ids(rows))).toEqual(['a abandoned']);
    expect(readdirSync(root).filter((name) => name === basename(dead.path))).toEqual([]);
  });

  test('may end in half a line: it was not kept, and is no damage', async () => {
    const dead = open();
    begin(dead, 'a', 'b');
    end(dead, 'a');
    const whole = readFileSync(last(dead), 'utf8');
    const cut = whole.trimEnd().lastIndexOf('\n') + 1;
    kill(dead);
    for (const length of [1, 9, 30, whole.length - cut - 2]) {
      writeFileSync(last(dead), whole.slice(0, cut + length));
      const copy = join(root, `writer-${crypto.randomUUID()}`);
      cpSync(dead.path, copy, { recursive: true });
      // Out of the way while its copy is recovered.
      cpSync(dead.path, join(root, 'kept'), { recursive: true });
      rmSync(dead.path, { recursive: true });
      const { rows, told } = await recovered(open());
      expect(ids(rows)).toEqual(['a abandoned', 'b abandoned']);
      expect(told).toEqual({ rows: 2, abandoned: 2, damaged: 0 });
      cpSync(join(root, 'kept'), dead.path, { recursive: true });
    }
  });

  test('may hold damaged lines: they are told and kept aside, and the others are used', async () => {
    const dead = open();
    begin(dead, 'a', 'b', 'c');
    end(dead, 'a', 'b', 'c');
    const lines = readFileSync(last(dead), 'utf8').split('\n');
    // A flipped digit of a cost is found, too.
    lines[3] = (lines[3] ?? '').replace('"cost":5', '"cost":6');
    lines[4] = '\u0000'.repeat(40);
    writeFileSync(last(dead), lines.join('\n'));
    kill(dead);
    const { rows, told } = await recovered(open());
    expect(ids(rows).toSorted()).toEqual(['a abandoned', 'b abandoned', 'c complete']);
    expect(told).toMatchObject({ damaged: 2 });
    expect(readFileSync(join(root, 'damaged', 'lines.log'), 'utf8')).toContain('"cost":6');
    expect(statSync(join(root, 'damaged', 'lines.log')).mode & 0o077).toBe(0);
  });

  test('that cannot be read does not keep others from the ledger', async () => {
    const broken = open();
    const other = open();
    begin(broken, 'a');
    begin(other, 'b');
    kill(other);
    kill(broken);
    rmSync(last(broken));
    mkdirSync(join(broken.path, '00000001.log'));
    const rows: LedgerRow[] = [];
    await expect(open().recover(async (given) => void rows.push(...given))).rejects.toThrow(
      /EISDIR/u,
    );
    expect(ids(rows)).toEqual(['b abandoned']);
  });
});

describe('who has a directory', () => {
  test('keeps it while it lives, in this process and in others', async () => {
    begin(open(), 'a');
    const { rows } = await recovered(open());
    expect(rows).toEqual([]);
  });

  test('is dead where its process id belongs to one that began later', async () => {
    const dead = open();
    begin(dead, 'a');
    writeFileSync(
      join(dead.path, 'lock'),
      JSON.stringify({ ...thisProcess(), started: 'another boot:1' }),
    );
    const { rows } = await recovered(open());
    expect(ids(rows)).toEqual(['a abandoned']);
  });

  test('on another machine is dead when it gave no sign for staleMs', async () => {
    const far = open();
    begin(far, 'a');
    writeFileSync(join(far.path, 'lock'), JSON.stringify({ host: 'elsewhere', pid: process.pid }));
    expect((await recovered(open({ staleMs: 60_000 }))).rows).toEqual([]);
    const old = new Date(Date.now() - 61_000);
    utimesSync(join(far.path, 'lock'), old, old);
    expect(ids((await recovered(open({ staleMs: 60_000 }))).rows)).toEqual(['a abandoned']);
  });

  test('and was taken for dead by mistake, writes what runs into a new one', async () => {
    const asleep = open({ staleMs: 40 });
    begin(asleep, 'a', 'b');
    const before = asleep.path;
    rmSync(before, { recursive: true });
    while (asleep.path === before) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asleep.end(row('a'))).toBe(true);
    writeFileSync(join(asleep.path, 'lock'), JSON.stringify({ ...thisProcess(), started: 'x' }));
    expect(ids((await recovered(open())).rows)).toEqual(['a complete', 'b abandoned']);
  });
});

describe('the files', () => {
  test('are removed as the ledger has their rows, whatever runs for long', async () => {
    const spool = open({ maxBytes: 65_536 });
    begin(spool, 'long');
    for (let index = 0; index < 2000; index++) {
      begin(spool, `r${index}`);
      end(spool, `r${index}`);
      spool.acknowledge([`r${index}`]);
      expect(spool.full).toBeUndefined();
    }
    expect(segments(spool).length).toBeLessThanOrEqual(2);
    kill(spool);
    expect(ids((await recovered(open())).rows)).toEqual(['long abandoned']);
  });

  test('do not grow over maxBytes: beginnings are refused, ends always fit', async () => {
    const spool = open({ maxBytes: 65_536 });
    const begun: string[] = [];
    while (spool.full === undefined) {
      begun.push(`r${begun.length}`);
      begin(spool, begun.at(-1) ?? '');
    }
    expect(spool.full).toBe('bytes');
    for (let extra = 0; extra < 100; extra++) {
      try {
        begin(spool, `x${extra}`);
        begun.push(`x${extra}`);
      } catch {
        break;
      }
    }
    expect(() => begin(spool, 'never')).toThrow(/maxBytes/u);
    end(spool, ...begun);
    const size = segments(spool).reduce(
      (sum, name) => sum + statSync(join(spool.path, name)).size,
      0,
    );
    expect(size).toBeLessThanOrEqual(65_536);
    spool.acknowledge(begun);
    expect(spool.full).toBeUndefined();
    begin(spool, 'again');
  });

  test('give deferred rows back, file by file, the same ones until they are done', async () => {
    const spool = open({ maxBytes: 65_536 });
    const all = Array.from({ length: 60 }, (_none, index) => `r${index}`);
    for (const id of all) {
      begin(spool, id);
      end(spool, id);
      spool.defer(id);
    }
    const given = new Set<string>();
    for (;;) {
      const first = await spool.deferred();
      if (first === undefined) break;
      const again = await spool.deferred();
      expect(again?.rows).toEqual(first.rows);
      for (const { id } of first.rows) given.add(id);
      first.done();
    }
    expect([...given]).toEqual(all);
    expect(segments(spool).length).toBe(1);
  });

  test('leave nothing behind once all is acknowledged and the spool is closed', async () => {
    const spool = open();
    begin(spool, 'a');
    end(spool, 'a');
    spool.acknowledge(['a']);
    await spool.close();
    expect(readdirSync(root)).toEqual([]);
    expect(() => begin(spool, 'b')).toThrow(/closed/u);
    expect(spool.end(row('b'))).toBe(false);
    await spool.close();
  });

  test('keep rows aside that no ledger takes', () => {
    const spool = open();
    spool.setAside(row('bad'));
    expect(readFileSync(join(root, 'damaged', 'rows.log'), 'utf8')).toContain('"id":"bad"');
  });
});

test.each<[string, Record<string, unknown>]>([
  ['directory', { directory: '' }],
  ['maxBytes', { maxBytes: 1000 }],
  ['maxBytes', { maxBytes: Number.NaN }],
  ['fsync', { fsync: 'always' }],
  ['fsyncMs', { fsyncMs: 0 }],
  ['fsyncMs', { fsync: 'never', fsyncMs: 10 }],
  ['staleMs', { staleMs: -1 }],
  ['directory', { directory: '/dev/null/spool' }],
])('bad options are refused by name: %s %j', (param, options) => {
  expect(() => createSpool({ directory: root, ...options } as SpoolOptions)).toThrow(
    expect.objectContaining({ code: 'configuration', param }),
  );
});
