import type { IdempotencyClaim, IdempotencyStore } from '@inferway/core/stores';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { inTime } from '../../provider/in-time.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';

const LONG_MS = 600_000;
const AT_ONCE = 40;

/** Of all who send one call, one executes it; the others learn that it runs, or how it ended. */
export function idempotencyClaims(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.idempotency, {
    async 'the first has the key, and others learn that it runs'({ store, name }) {
      const key = name();
      expectMatch(await claim(store, key, 'a'), { state: 'claimed' }, 'the first claim');
      expectMatch(await claim(store, key, 'b'), { state: 'running' }, 'the second claim');
      expectMatch(await claim(store, name(), 'b'), { state: 'claimed' }, 'another key');
    },

    'of many who ask at the same time exactly one has it': async (rig) => {
      for (let round = 0; round < 5; round++) {
        const key = rig.name();
        const states = await inTime(
          Promise.all(
            Array.from({ length: AT_ONCE }, (_none, index) =>
              claim(rig.any(index), key, `owner ${index}`).then(({ state }) => state),
            ),
          ),
          'claims at the same time',
        );
        expectMatch(states.filter((state) => state === 'claimed').length, 1, 'how many had it');
        expectMatch(
          states.filter((state) => state === 'running').length,
          AT_ONCE - 1,
          'how many learned that it runs',
        );
      }
    },

    async 'other parameters are another call, while it runs and when it is done'({ store, name }) {
      const key = name();
      await claim(store, key, 'a', { fingerprint: 'one' });
      const other = { fingerprint: 'two' };
      expectMatch(await claim(store, key, 'b', other), { state: 'mismatch' }, 'while it runs');
      await finish(store, key, 'a', 'the answer');
      expectMatch(await claim(store, key, 'c', other), { state: 'mismatch' }, 'when it is done');
    },

    'what was finished is answered again, as it was, by every process': async (rig) => {
      const answers = [
        '',
        '{"answer":1}',
        '\r\n$-1\r\n',
        'a\u0000b',
        'ünïcödé 👩‍👩‍👧',
        'äöü…'.repeat(50_000),
      ];
      for (const [index, answer] of answers.entries()) {
        const key = rig.name();
        await claim(rig.store, key, 'a');
        expectMatch(await finish(rig.any(index), key, 'a', answer), 'kept', 'finish');
        const again = await claim(rig.any(index + 1), key, 'b');
        expectTrue(again.state === 'done' && again.answer === answer, `answer ${index} comes back`);
      }
    },

    async 'what was released is free, also for other parameters'({ store, name }) {
      const key = name();
      await claim(store, key, 'a', { fingerprint: 'one' });
      await store.release(key, 'a');
      const other = { fingerprint: 'two' };
      expectMatch(await claim(store, key, 'b', other), { state: 'claimed' }, 'the claim after it');
      await store.release(name(), 'nobody');
    },

    async 'only the owner ends or renews a claim'({ store, name }) {
      const key = name();
      await claim(store, key, 'a');
      await store.release(key, 'b');
      expectMatch(await store.renew(key, 'b', LONG_MS), false, 'renewing for another');
      expectMatch(await finish(store, key, 'b', 'of another'), 'lost', 'finishing for another');
      expectMatch(await claim(store, key, 'c'), { state: 'running' }, 'the claim after that');
      expectMatch(await store.renew(key, 'a', LONG_MS), true, 'renewing by the owner');
      expectMatch(await finish(store, key, 'a', 'its own'), 'kept', 'finishing by the owner');
      expectMatch(await claim(store, key, 'd'), { state: 'done', answer: 'its own' }, 'the end');
    },

    async 'an end is the last word, also for its owner'({ store, name }) {
      const key = name();
      await claim(store, key, 'a');
      await finish(store, key, 'a', 'first');
      expectMatch(await finish(store, key, 'a', 'second'), 'lost', 'finishing again');
      expectMatch(await store.renew(key, 'a', LONG_MS), false, 'renewing what is done');
      await store.release(key, 'a');
      expectMatch(await claim(store, key, 'b'), { state: 'done', answer: 'first' }, 'the end');
      expectMatch(await store.renew(name(), 'a', LONG_MS), false, 'renewing what nobody claimed');
      expectMatch(await finish(store, name(), 'a', 'x'), 'lost', 'finishing what nobody claimed');
    },

    'a claim that nobody renews ends, and then it is free': async (rig) => {
      const { store } = rig;
      const key = rig.name();
      await claim(store, key, 'dead', { fingerprint: 'one', leaseMs: rig.shortMs });
      if (rig.exact) {
        await rig.pass(rig.shortMs - 1);
        const early = await claim(store, key, 'b', { fingerprint: 'one' });
        expectMatch(early, { state: 'running' }, 'the claim just before');
        await rig.pass(1);
      } else await rig.pass(rig.shortMs);
      const next = await claim(store, key, 'b', { fingerprint: 'two' });
      expectMatch(next, { state: 'claimed' }, 'the claim after it');
      expectMatch(await store.renew(key, 'dead', LONG_MS), false, 'renewing by the one before');
      expectMatch(await finish(store, key, 'dead', 'x'), 'lost', 'finishing by the one before');
      await store.release(key, 'dead');
      expectMatch(await finish(store, key, 'b', 'y'), 'kept', 'finishing by the new owner');
    },

    'a claim that is renewed stays': async (rig) => {
      const key = rig.name();
      await claim(rig.store, key, 'a', { leaseMs: rig.shortMs });
      expectMatch(await rig.any(1).renew(key, 'a', LONG_MS), true, 'renew');
      await rig.pass(rig.shortMs);
      expectMatch(await claim(rig.store, key, 'b'), { state: 'running' }, 'the claim after it');
    },

    'an answer is gone after its time, and not with the lease before it': async (rig) => {
      const { store } = rig;
      const [short, long] = [rig.name(), rig.name()];
      await claim(store, short, 'a', { leaseMs: LONG_MS });
      await finish(store, short, 'a', 'x', rig.shortMs);
      await claim(store, long, 'a', { leaseMs: rig.shortMs });
      await finish(store, long, 'a', 'y');
      await rig.pass(rig.shortMs);
      expectMatch(await claim(store, short, 'b'), { state: 'claimed' }, 'the short one');
      expectMatch(await claim(store, long, 'b'), { state: 'done', answer: 'y' }, 'the long one');
    },

    async 'a fraction of a millisecond is a time, too'({ store, name }) {
      const key = name();
      await claim(store, key, 'a', { leaseMs: 60_000.4 });
      expectMatch(await store.renew(key, 'a', 60_000.4), true, 'renew');
      expectMatch(await finish(store, key, 'a', 'x', 60_000.4), 'kept', 'finish');
      await claim(store, name(), 'a', { leaseMs: 0.3 });
    },

    async 'hostile keys, owners and parameters are names'({ store, name }) {
      for (const text of ['a|b', '__proto__', "'; --", '\r\n', 'ü👩‍👧', '{x}', '*', '']) {
        const key = `${text}${name()}`;
        await claim(store, key, `${text}owner`, { fingerprint: text });
        const same = { fingerprint: text };
        expectMatch(await claim(store, key, 'b', same), { state: 'running' }, 'its claim');
        expectMatch(await finish(store, key, `${text}owner`, text), 'kept', 'its end');
        expectMatch(await claim(store, key, 'b', same), { state: 'done', answer: text }, 'after');
      }
    },

    'whoever has the key works alone, however many try': async (rig) => {
      const key = rig.name();
      let [working, most, done] = [0, 0, 0];
      await inTime(
        Promise.all(
          Array.from({ length: 12 }, async (_none, index) => {
            for (let tries = 0; done < 5 && tries < 400; tries++) {
              const store = rig.any(index + tries);
              const owner = rig.name('owner');
              if ((await claim(store, key, owner)).state !== 'claimed') continue;
              most = Math.max(most, ++working);
              await Promise.resolve();
              done++;
              working--;
              await rig.any(index).release(key, owner);
            }
          }),
        ),
        'claims and releases at the same time',
      );
      expectMatch(most, 1, 'how many had it at a time');
      expectTrue(done >= 5, 'it was handed on');
    },
  });
}

function claim(
  store: IdempotencyStore,
  key: string,
  owner: string,
  { fingerprint = 'same', leaseMs = LONG_MS }: { fingerprint?: string; leaseMs?: number } = {},
): Promise<IdempotencyClaim> {
  return inTime(Promise.resolve(store.claim(key, { fingerprint, owner, leaseMs })), 'claim');
}

function finish(
  store: IdempotencyStore,
  key: string,
  owner: string,
  answer: string,
  ttlMs = LONG_MS,
): Promise<unknown> {
  return inTime(Promise.resolve(store.finish(key, owner, answer, ttlMs)), 'finish');
}
