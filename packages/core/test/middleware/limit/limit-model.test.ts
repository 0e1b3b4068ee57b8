import { createClient, InferwayError, type State } from '@inferway/core';
import { limit, limitTargets, priority, type LimitRule } from '@inferway/core/limits';
import { memoryQuota, type QuotaStore } from '@inferway/core/stores';
import {
  fail,
  fakeProvider,
  ignoreCancel,
  say,
  seededRandom,
  settle,
  stall,
  virtualClock,
  wait,
  type Step,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { as, remote } from './limit-helpers.js';

const WINDOW = 1000;
const REQUESTS = 6;
const TOKENS = 400;
const PLACES = 3;
const rules: LimitRule[] = [
  { name: 'all', windowMs: WINDOW, requests: REQUESTS, totalTokens: TOKENS },
  { name: 'places', concurrency: PLACES },
  { name: 'tenant', per: 'tenant', concurrency: 2 },
];

const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  quick: say('a b'),
  slow: [wait(700), ...say('a b c')],
  refused: [wait(10), fail('server')],
  broken: [...say('a b').slice(0, 3), wait(50), fail('stream_interrupted')],
  stalled: [stall()],
  deaf: [ignoreCancel(), stall()],
  halting: [...say('a b').slice(0, 4), stall()],
};

const call = fc.record({
  do: fc.constant('call' as const),
  tenant: fc.constantFrom('a', 'b', 'c'),
  urgency: fc.integer({ min: 0, max: 1 }),
  stream: fc.boolean(),
  tokens: fc.integer({ min: 1, max: 80 }),
  kind: fc.constantFrom(...Object.keys(SCRIPTS)),
  /** When its caller leaves. */
  leaves: fc.integer({ min: 0, max: 3000 }),
});
const step = fc.oneof(
  { weight: 6, arbitrary: call },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.integer({ min: 0, max: 900 }),
    }),
  },
);

test('whatever is called, aborted or breaks: no window and no moment has more than its limit, each call ends, and nothing stays held (A4, A5, A6)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer(),
      async (steps, isRemote, queued, seed) => {
        const clock = virtualClock();
        const random = seededRandom(seed);
        const near = memoryQuota({ clock });
        const process = (): QuotaStore =>
          isRemote ? remote(near, clock, () => 1 + random() * 30) : near;
        let running = 0;
        let most = 0;
        const started: { at: number; tokens: number }[] = [];
        const provider = fakeProvider({
          name: 'fake',
          script: (asked) => SCRIPTS[asked.model.id] ?? [],
        });
        const clients = [0, 1].map(() =>
          createClient({
            providers: [provider],
            clock,
            middleware: [
              limit({
                store: process(),
                rules,
                inputTokens: () => 0,
                queue: queued ? { maxWaitMs: 5000 } : false,
              }),
              async (inner, next) => {
                started.push({
                  at: clock.now(),
                  tokens: (inner.request as { maxOutputTokens: number }).maxOutputTokens,
                });
                most = Math.max(most, ++running);
                let over = false;
                const end = (): void => {
                  if (!over) running--;
                  over = true;
                };
                inner.signal.addEventListener('abort', end);
                try {
                  const reply = await next(inner);
                  if (reply.stream) reply.events.observe({ end });
                  else end();
                  return reply;
                } catch (reason) {
                  end();
                  throw reason;
                }
              },
            ],
          }),
        );
        let open = 0;
        const wrong: unknown[] = [];
        const ask = async (
          what: Extract<(typeof steps)[number], { do: 'call' }>,
          index: number,
        ): Promise<void> => {
          const controller = new AbortController();
          const timer = clock.setTimer(() => controller.abort(), what.leaves);
          const client = clients[index % 2];
          const input = {
            model: { provider: 'fake', id: what.kind },
            messages: [],
            maxOutputTokens: what.tokens,
          } as const;
          const options = {
            signal: controller.signal,
            state: (state: State) => {
              as({ tenant: what.tenant })(state);
              state.set(priority, what.urgency);
            },
          };
          open++;
          try {
            if (what.stream)
              for await (const event of (await client?.chat.stream(input, options)) ?? [])
                void event;
            else await client?.chat(input, options);
          } catch (reason) {
            if (!InferwayError.is(reason) || reason.code === 'internal') wrong.push(reason);
          } finally {
            open--;
            clock.clearTimer(timer);
          }
        };
        const calls: Promise<void>[] = [];
        for (const what of steps) {
          if (what.do === 'call') calls.push(ask(what, calls.length));
          else await clock.advance(what.ms);
        }
        await clock.advance(20_000);
        await Promise.all(calls);
        await clock.advance(100);
        await settle();

        expect(wrong).toEqual([]);
        expect(open).toBe(0);
        expect(most).toBeLessThanOrEqual(PLACES);
        // What was let in, in each window that begins with a call. Remote stores decide a little before the call goes.
        if (!isRemote) {
          for (const { at } of started) {
            const within = started.filter((other) => other.at >= at && other.at < at + WINDOW);
            expect(within.length).toBeLessThanOrEqual(REQUESTS);
          }
        }
        // Nothing is held, no timer runs, and all places can be taken again.
        expect(clock.timers).toBe(0);
        const limits = [
          { kind: 'places', key: 'caller|places|concurrency||', limit: PLACES },
        ] as const;
        expect((await near.read(limits))[0]?.used).toBe(0);
      },
    ),
    { numRuns: 400 },
  );
}, 120_000);

test('in every window, wherever it begins, no more is let in than the limit: requests and tokens (A5)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 120 })), {
        minLength: 20,
        maxLength: 200,
      }),
      async (arrivals) => {
        const clock = virtualClock();
        const store = memoryQuota({ clock });
        const admitted: { at: number; tokens: number }[] = [];
        const provider = fakeProvider({
          name: 'fake',
          script: (asked) => {
            const { maxOutputTokens: tokens } = asked.request as { maxOutputTokens: number };
            admitted.push({ at: clock.now(), tokens });
            return say('x', { usage: { inputTokens: 0, outputTokens: tokens } });
          },
        });
        const client = createClient({
          providers: [provider],
          clock,
          middleware: [
            limitTargets({
              store,
              inputTokens: () => 0,
              rules: [{ windowMs: WINDOW, requests: REQUESTS, outputTokens: TOKENS }],
            }),
          ],
        });
        let refused = 0;
        for (const [gap, tokens] of arrivals) {
          await clock.advance(gap);
          await client
            .chat({ model: 'fake/m', messages: [], maxOutputTokens: tokens })
            .catch(() => refused++);
        }
        for (const { at } of admitted) {
          const within = admitted.filter((other) => other.at >= at && other.at < at + WINDOW);
          expect(within.length).toBeLessThanOrEqual(REQUESTS);
          expect(within.reduce((sum, other) => sum + other.tokens, 0)).toBeLessThanOrEqual(TOKENS);
        }
        expect(admitted.length + refused).toBe(arrivals.length);
        expect(admitted.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test('everybody who waits gets in: no wake-up is lost, whoever frees what in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          tenant: fc.constantFrom('a', 'b', 'c', 'd'),
          model: fc.constantFrom('x', 'y'),
          takes: fc.integer({ min: 0, max: 400 }),
          gap: fc.integer({ min: 0, max: 60 }),
        }),
        { minLength: 5, maxLength: 60 },
      ),
      fc.boolean(),
      async (calls, isRemote) => {
        const clock = virtualClock();
        const near = memoryQuota({ clock });
        const store = isRemote ? remote(near, clock, 7) : near;
        const provider = fakeProvider({
          name: 'fake',
          script: (asked) => [wait(Number(asked.model.id.slice(1))), ...say('x')],
        });
        const client = createClient({
          providers: [provider],
          clock,
          middleware: [
            limit({
              store,
              rules: [
                { name: 'all', concurrency: 3 },
                { name: 'user', per: 'tenant', concurrency: 2 },
                { name: 'model', per: (asked) => asked.model.id.slice(0, 1), concurrency: 2 },
                { name: 'rate', windowMs: 500, requests: 9 },
              ],
              queue: { maxWaiting: 100, maxWaitingPerTenant: 100, maxWaitMs: 600_000 },
            }),
          ],
        });
        const answers: Promise<string>[] = [];
        for (const { tenant, model, takes, gap } of calls) {
          await clock.advance(gap);
          answers.push(
            client
              .chat(
                { model: { provider: 'fake', id: `${model}${takes}` }, messages: [] },
                { state: as({ tenant }) },
              )
              .then(({ text }) => text),
          );
        }
        await clock.advance(120_000);
        expect(provider.attempts).toHaveLength(calls.length);
        expect(await Promise.all(answers)).toEqual(calls.map(() => 'x'));
        await clock.advance(100);
        expect(clock.timers).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);
