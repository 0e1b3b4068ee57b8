import { callerOf, caller } from '@inferway/core';
import { say, wait } from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cacheRig } from './rig.js';

/** What a store may do in place of its work. */
const mishap = fc.constantFrom('works', 'throws', 'rejects', 'hangs', 'late', 'garbage', 'foreign');
type Mishap = typeof mishap extends fc.Arbitrary<infer T> ? T : never;

test('whatever a store does, every call has its own tenant’s answer in time, and nothing is left behind', async () => {
  const step = fc.record({
    tenant: fc.constantFrom('acme', 'globex'),
    question: fc.constantFrom('a', 'b'),
    streamed: fc.boolean(),
    get: mishap,
    set: mishap,
    pass: fc.constantFrom(0, 50, 400, 2000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const kept = new Map<string, string>();
      let doing: { get: Mishap; set: Mishap } = { get: 'works', set: 'works' };
      const odd = <T>(what: Mishap, work: () => T, others: () => T): T | Promise<T> => {
        switch (what) {
          case 'throws':
            throw new Error('down');
          case 'rejects':
            return Promise.reject(new Error('down'));
          case 'hangs':
            return new Promise(() => {});
          case 'late':
            return new Promise((resolve) => {
              clock.setTimer(() => resolve(work()), 150);
            });
          case 'garbage':
          case 'foreign':
            return others();
          default:
            return work();
        }
      };
      const store = {
        get: (key: string) =>
          odd<string | undefined>(
            doing.get,
            () => kept.get(key),
            () => (doing.get === 'garbage' ? '{"' : [...kept.values()].at(-1)),
          ),
        set: (key: string, value: string) =>
          odd<void>(
            doing.set,
            () => void kept.set(key, value),
            () => void kept.set(key, value.slice(0, -3)),
          ),
        delete: () => {},
      };
      const { chat, stream, clock, provider } = cacheRig(
        (call) => {
          const { messages } = call.request as { messages: readonly { content: unknown }[] };
          return [
            wait(10),
            ...say(`${callerOf(call.state).tenant} ${String(messages[0]?.content)}`),
          ];
        },
        {
          cache: {
            scope: (call) => callerOf(call.state).tenant,
            store,
            ttlMs: 500,
            staleMs: 1500,
            guard: true,
          },
        },
      );
      for (const { tenant, question, streamed, get, set, pass } of steps) {
        doing = { get, set };
        const input = { messages: [{ role: 'user', content: question }] } as const;
        const options = {
          state: (state: Parameters<typeof callerOf>[0]) => state.set(caller, { tenant }),
        };
        const asked = streamed
          ? stream(input, options).then((opened) => opened.text)
          : chat(input, options).then(({ text }) => text);
        let answer: string | undefined;
        const reading = Promise.resolve(asked).then((text) => {
          answer = text;
        });
        // The store's 100 ms and the provider's 10.
        await clock.advance(110);
        expect(answer).toBe(`${tenant} ${question}`);
        await reading;
        await clock.advance(pass);
      }
      await clock.advance(100_000);
      expect(clock.timers).toBe(0);
      expect(provider.open).toBe(0);
    }),
    { numRuns: 150 },
  );
});
