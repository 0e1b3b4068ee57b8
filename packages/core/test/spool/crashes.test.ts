import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpool, type Spool } from '@inferway/core/spool';
import {
  fakeProvider,
  settle,
  stall,
  say,
  virtualClock,
  type VirtualClock,
} from '@inferway/core/testing';
import { createClient, InferwayError } from '@inferway/core';
import { cost } from '@inferway/core/middleware';
import { ledger, type LedgerLayer } from '@inferway/core/spending';
import type { Ledger } from '@inferway/core/stores';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thisProcess } from '../../src/disk/process-owner.js';
import { messages, prices, TestLedger } from '../ledger/set-up.js';

const down = new InferwayError('connection', { message: 'test: down' });

/** One life of a program: a client, its ledger layer and its spool. */
interface Life {
  readonly spool: Spool;
  readonly process: { isDead: boolean };
  readonly layer: LedgerLayer;
  readonly client: {
    readonly chat: { stream: (request: unknown) => Promise<AsyncIterable<unknown>> };
  };
  /** Streams that run, with the number of their attempt. */
  readonly running: { readonly number: number; readonly stream: AsyncIterator<unknown> }[];
}

class World {
  readonly root: string = mkdtempSync(join(tmpdir(), 'inferway-crashes-'));
  readonly clock: VirtualClock = virtualClock();
  readonly store: TestLedger = new TestLedger();
  /** What the providers were asked, and what became of it as far as a program could see. */
  readonly truth: ('running' | 'complete' | 'cancelled' | 'abandoned')[] = [];
  lives: Life[] = [];

  start(): void {
    const { clock, store } = this;
    const process = { isDead: false };
    // What a dead process still would write in this test is not written.
    const own: Ledger = {
      append: (rows) => (process.isDead ? Promise.reject(down) : store.append(rows)),
      sum: store.sum,
      rows: store.rows,
    };
    const spool = createSpool({ directory: this.root, maxBytes: 65_536, fsync: 'never', clock });
    const layer = ledger({
      ledger: own,
      spool,
      clock,
      batchRows: 3,
      maxRows: 3,
      batchMs: 50,
      retryMs: 100,
    });
    const provider = fakeProvider({
      script: (call) =>
        JSON.stringify(call.request).includes('hang')
          ? [...say('a b').slice(0, 4), stall()]
          : say('a b'),
    });
    const client = createClient({
      providers: [provider],
      clock,
      middleware: [layer, cost({ prices })],
    });
    this.lives.push({ spool, layer, client: client as never, running: [], process });
  }

  /** The process is gone: nobody has its memory, and its lock names nobody. */
  kill(life: Life): void {
    this.lives = this.lives.filter((one) => one !== life);
    writeFileSync(
      join(life.spool.path, 'lock'),
      JSON.stringify({ ...thisProcess(), started: 'dead' }),
    );
    life.process.isDead = true;
    // What the test still holds of it must not touch the files any more.
    Object.assign(life.spool, {
      end: () => false,
      begin: () => {},
      acknowledge: () => {},
      deferred: async () => undefined,
    });
    this.dead.push(life);
    for (const { number } of life.running) this.truth[number] = 'abandoned';
  }

  readonly dead: Life[] = [];
}

type Step =
  | { readonly do: 'call' | 'begin' | 'finish' | 'kill' | 'close' | 'start'; readonly who: number }
  | { readonly do: 'down' | 'up' | 'wait' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('call', 'begin', 'finish'), who: fc.nat(9) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('kill', 'close', 'start'), who: fc.nat(9) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('down', 'up', 'wait') }) },
) as fc.Arbitrary<Step>;

async function take(world: World, { do: what, ...rest }: Step): Promise<void> {
  if (what === 'down') world.store.down = down;
  else if (what === 'up') world.store.down = undefined;
  else if (what === 'wait') await world.clock.advance(500);
  else {
    if (what === 'start' && world.lives.length < 3) world.start();
    const { who } = rest as { readonly who: number };
    const life = world.lives[who % world.lives.length];
    if (life === undefined) return;
    if (what === 'call' || what === 'begin') await call(world, life, what === 'begin');
    else if (what === 'finish') {
      const one = life.running.shift();
      await one?.stream.return?.();
      if (one !== undefined) world.truth[one.number] = 'cancelled';
    } else if (what === 'kill') world.kill(life);
    else if (what === 'close' && life.running.length === 0) {
      world.lives = world.lives.filter((one) => one !== life);
      await life.layer.close({ graceMs: 0 });
    }
  }
}

async function call(world: World, life: Life, hangs: boolean): Promise<void> {
  const request = {
    model: 'fake/m',
    messages: hangs ? [{ role: 'user', content: 'hang' }] : messages,
  };
  const number = world.truth.length;
  let stream: AsyncIterator<unknown>;
  try {
    stream = (await life.client.chat.stream(request))[Symbol.asyncIterator]();
  } catch (reason) {
    // Refused, since the spool was full: it was not made, and costs nothing.
    expect(reason).toMatchObject({ code: 'overloaded' });
    return;
  }
  world.truth.push('running');
  await stream.next();
  if (hangs) {
    life.running.push({ number, stream });
    return;
  }
  while (!(await stream.next()).done);
  world.truth[number] = 'complete';
}

test('whatever is killed, closed and down, in any order: each attempt has one row, and the right one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = new World();
      try {
        world.start();
        for (const one of steps) {
          await take(world, one);
          await settle();
        }
        for (const life of world.lives) world.kill(life);
        world.store.down = undefined;
        // More than one start: a life may have died in the middle of a recovery, which ends in real time.
        do {
          world.start();
          await world.lives.pop()?.layer.close();
        } while (readdirSync(world.root).some((name) => name.startsWith('writer-')));
        const rows = await world.store.all();
        expect(rows.length).toBe(world.truth.length);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        const count = (list: readonly string[]): Record<string, number> =>
          Object.fromEntries(
            ['complete', 'cancelled', 'abandoned'].map((name) => [
              name,
              list.filter((one) => one === name).length,
            ]),
          );
        expect(count(rows.map(({ status }) => status))).toEqual(count(world.truth));
        for (const row of rows) {
          if (row.status === 'complete')
            expect(row).toMatchObject({ cost: 14_000, costSource: 'price' });
          else expect(row.cost).toBeGreaterThan(0);
        }
      } finally {
        for (const { running } of [...world.lives, ...world.dead])
          for (const { stream } of running) await stream.return?.();
        rmSync(world.root, { recursive: true, force: true });
      }
    }),
    { numRuns: 100 },
  );
}, 60_000);
