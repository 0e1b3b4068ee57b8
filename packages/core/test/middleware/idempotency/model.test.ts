import { callerOf, type Call, type InferwayError } from '@inferway/core';
import { idempotencyKey } from '@inferway/core/idempotency';
import { memoryIdempotency } from '@inferway/core/stores';
import {
  accept,
  emit,
  fail,
  fakeError,
  fakeProvider,
  say,
  virtualClock,
  wait,
  type Step,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { of, setUp, type Rig } from './rig.js';

const ENDINGS = {
  answers: (number: number) => say(`answer ${number}`),
  breaks: () => [fail(fakeError('server', { status: 500 }))],
  'breaks in the middle': () => [
    accept(),
    emit({ type: 'start', id: 'x' }),
    emit({ type: 'text-delta', index: 0, text: 'half' }),
    fail('stream_interrupted'),
  ],
  refuses: () => [fail(fakeError('overloaded', { status: 503 }))],
} as const satisfies Record<string, (number: number) => readonly Step[]>;
type Ending = keyof typeof ENDINGS;

const LEASE_MS = 1000;

const call = fc.record({
  atMs: fc.integer({ min: 0, max: 2000 }),
  process: fc.integer({ min: 0, max: 2 }),
  tenant: fc.constantFrom('a', 'b'),
  key: fc.constantFrom('k1', 'k2'),
  stream: fc.boolean(),
  leavesAfterMs: fc.option(fc.integer({ min: 0, max: 900 }), { nil: undefined, freq: 4 }),
});
type Sent = typeof call extends fc.Arbitrary<infer T> ? T : never;

const execution = fc.record({
  ms: fc.integer({ min: 0, max: 3 * LEASE_MS }),
  ending: fc.constantFrom<Ending>(
    'answers',
    'answers',
    'breaks',
    'breaks in the middle',
    'refuses',
  ),
});

/** One execution, as the provider saw it. */
interface Execution {
  readonly name: string;
  readonly ending: Ending;
  readonly from: number;
  to: number;
  left: boolean;
}

const nameOf = (asked: Call): string =>
  `${callerOf(asked.state).tenant} ${asked.state.get(idempotencyKey)}`;

test('whoever sends a call when and how often, of each key no two executions run at a time, and none after one that counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 2, maxLength: 14 }),
      fc.array(execution, { minLength: 14, maxLength: 14 }),
      async (calls, executions) => {
        const clock = virtualClock();
        const store = memoryIdempotency({ clock });
        const seen: Execution[] = [];
        const provider = fakeProvider({
          script: (asked, attempt) => {
            const { ms, ending } = executions[attempt - 1] ?? { ms: 1, ending: 'answers' as const };
            const from = clock.now();
            const own: Execution = {
              name: nameOf(asked),
              ending,
              from,
              to: from + ms,
              left: false,
            };
            seen.push(own);
            asked.signal.addEventListener('abort', () => {
              // At the very moment of the end either may be first.
              if (clock.now() <= own.to) own.left = true;
              own.to = Math.min(own.to, clock.now());
            });
            return [wait(ms), ...ENDINGS[ending](attempt)];
          },
        });
        const processes = Array.from({ length: 3 }, () =>
          setUp([], { clock, store, provider, leaseMs: LEASE_MS, bare: [] }),
        );
        const answers = new Map<string, Set<string>>();
        const send = async ({
          process,
          tenant,
          key,
          stream,
          leavesAfterMs,
        }: Sent): Promise<void> => {
          const { chat, stream: open } = processes[process] as Rig;
          const controller = new AbortController();
          if (leavesAfterMs !== undefined) clock.setTimer(() => controller.abort(), leavesAfterMs);
          const options = { ...of(tenant), signal: controller.signal };
          // The shape is told by the key, so that no repeat is a mismatch.
          const named = `${key}-${stream}`;
          try {
            const text = await (
              stream ? open(named, options).then(({ result }) => result) : chat(named, options)
            ).then((answer) => answer.text);
            const name = `${tenant} ${named}`;
            answers.set(name, (answers.get(name) ?? new Set()).add(text));
          } catch (reason) {
            expect(['conflict', 'server', 'stream_interrupted', 'overloaded', 'aborted']).toContain(
              (reason as InferwayError).code,
            );
          }
        };
        for (const each of calls) clock.setTimer(() => void send(each), each.atMs);
        await clock.advance(20_000);

        for (const [name, texts] of answers) expect([name, ...texts].length, name).toBe(2);
        const given = [...answers.values()].flatMap((texts) => [...texts]);
        expect(new Set(given).size, 'every answer is one key’s').toBe(given.length);
        for (const name of new Set(seen.map((own) => own.name))) {
          const own = seen.filter((other) => other.name === name);
          own.forEach((now, index) => {
            const before = own[index - 1];
            if (before === undefined) return;
            expect(now.from, 'one at a time').toBeGreaterThanOrEqual(before.to);
            expect(
              before.left || before.ending === 'refuses',
              'only what does not count is repeated',
            ).toBe(true);
          });
        }
        expect(clock.timers).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});
