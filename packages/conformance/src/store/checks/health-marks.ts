import type { HealthMark, HealthStore } from '@inferway/core/stores';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { inTime, patience } from '../../provider/in-time.js';
import { storeChecks, type StoreRig } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';

const LONG_MS = 600_000;

/** Marks that end by themselves, and claims that only so many get. */
export function healthMarks(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.health, {
    async 'a mark is read with its reason and the time that is left'({ store, name }) {
      const key = name();
      await store.mark(key, LONG_MS, 'overloaded');
      const mark = await readOne(store, key);
      expectMatch(mark, { key, reason: 'overloaded' }, 'the mark');
      const { leftMs = -1 } = mark ?? {};
      expectTrue(leftMs > LONG_MS - 10_000 && leftMs <= LONG_MS, `leftMs is ${leftMs}`);
    },

    async 'marks stand in the order of the keys, whatever they are called'({ store, name }) {
      const keys = ['a|b', '__proto__', "'; --", '\r\n', 'ü👩‍👧', '{x}', 'A', 'a'].map(
        (text) => `${text}${name()}`,
      );
      const marked = keys.filter((_key, index) => index % 2 === 0);
      for (const key of marked) await store.mark(key, LONG_MS, `why ${key}`);
      const marks = await store.read(keys);
      expectMatch(
        marks.map((mark) => mark?.reason),
        keys.map((key) => (marked.includes(key) ? `why ${key}` : undefined)),
        'the reasons',
      );
      expectMatch(await store.read([]), [], 'no keys');
    },

    'a mark ends by itself': async (rig) => {
      const key = rig.name();
      await rig.store.mark(key, 200, 'server');
      if (rig.exact) {
        await rig.pass(199);
        expectMatch(await readOne(rig.store, key), { leftMs: 1 }, 'the mark just before');
        await rig.pass(1);
      } else await rig.pass(200);
      expectTrue((await readOne(rig.store, key)) === undefined, 'there is no mark any more');
    },

    async 'a mark that lasts longer stays; a longer one takes its place'({ store, name }) {
      const key = name();
      await store.mark(key, 300_000, 'first');
      await store.mark(key, 1000, 'shorter');
      expectMatch(await readOne(store, key), { reason: 'first' }, 'the mark');
      await store.mark(key, LONG_MS, 'longer');
      const mark = await readOne(store, key);
      expectMatch(mark, { reason: 'longer' }, 'the mark');
      expectTrue((mark?.leftMs ?? 0) > 300_000, 'it lasts longer');
    },

    async 'clearing ends a mark, and clearing nothing is no failure'({ store, name }) {
      const key = name();
      await store.clear(key);
      await store.mark(key, LONG_MS, 'server');
      await store.clear(key);
      expectTrue((await readOne(store, key)) === undefined, 'there is no mark any more');
      await store.mark(key, 1000, 'again');
      expectMatch(await readOne(store, key), { reason: 'again' }, 'a mark made later');
    },

    'as many claim as may, of all who ask at the same time': async (rig) => {
      const claimed = rig.name();
      const answers = await inTime(
        Promise.all(
          Array.from({ length: 30 }, async (_none, index) =>
            rig.any(index).claim(claimed, 3, LONG_MS),
          ),
        ),
        'claims at the same time',
      );
      expectMatch(answers.filter(Boolean).length, 3, 'how many had it');
      expectMatch(await rig.store.claim(rig.name(), 1, LONG_MS), true, 'another name');
    },

    'a claim is free again after its time': async (rig) => {
      const claimed = rig.name();
      expectMatch(await rig.store.claim(claimed, 1, rig.shortMs), true, 'the first');
      expectMatch(await rig.store.claim(claimed, 1, rig.shortMs), false, 'the second');
      await rig.pass(rig.shortMs);
      expectMatch(await rig.store.claim(claimed, 1, rig.shortMs), true, 'the third, later');
    },

    'who watches is told of marks and of their end, until he stops': async (rig) => {
      const [watching, marking] = [rig.any(1), rig.any(2)];
      if (watching.watch === undefined) return;
      const key = rig.name();
      const told: HealthMark[] = [];
      const stop = watching.watch((mark) => {
        if (mark.key.startsWith(key)) told.push(mark);
      });
      await markUntilTold(rig, marking, key, told);
      await marking.clear(key);
      await until(() => told.at(-1)?.leftMs === 0, 'the end of the mark is told');
      expectTrue(
        told.some(({ leftMs, reason }) => leftMs > 0 && reason === 'server'),
        'the mark is told',
      );
      stop();
      const before = told.length;
      await marking.mark(`${key} later`, LONG_MS, 'server');
      expectMatch(await readOne(watching, `${key} later`), { reason: 'server' }, 'a later mark');
      expectMatch(told.length, before, 'what was told after stopping');
    },
  });
}

// A subscription may need a moment to begin, and marks made before are not told.
async function markUntilTold(
  rig: StoreRig<HealthStore>,
  store: HealthStore,
  key: string,
  told: readonly HealthMark[],
): Promise<void> {
  for (let tries = 1; told.length === 0 && tries < 40; tries++) {
    await store.mark(key, LONG_MS + tries * 1000, 'server');
    if (told.length === 0) await rig.pass(10);
  }
  await until(() => told.length > 0, 'a mark is told');
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = performance.now() + patience() / 2;
  while (!isSo()) {
    expectTrue(performance.now() < end, what);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

async function readOne(store: HealthStore, key: string): Promise<HealthMark | undefined> {
  const [mark] = await inTime(Promise.resolve(store.read([key])), 'read');
  return mark;
}
