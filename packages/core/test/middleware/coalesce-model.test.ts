import { createClient, stateKey, type State } from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { retry } from '@inferway/core/middleware';
import {
  fail,
  fakeProvider,
  say,
  settle,
  virtualClock,
  wait,
  type Step,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countingSignal } from '../helpers.js';

const tenant = stateKey<string>('test tenant');
const TENANTS = ['ada', 'bob'] as const;

/** What one caller does: joins, reads so fast, and leaves in one of these ways at some time, or never. */
const caller = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  at: fc.integer({ min: 0, max: 60 }),
  /** Time that it takes for each batch. */
  paceMs: fc.constantFrom(0, 0, 1, 7, 30),
  leaves: fc.option(
    fc.record({
      how: fc.constantFrom('abort', 'cancel', 'return', 'deadline'),
      after: fc.integer({ min: 1, max: 60 }),
    }),
    { nil: undefined },
  ),
  stream: fc.boolean(),
});
type Caller = typeof caller extends fc.Arbitrary<infer T> ? T : never;

const upstream = fc.record({
  firstMs: fc.integer({ min: 0, max: 40 }),
  words: fc.integer({ min: 1, max: 12 }),
  gapMs: fc.constantFrom(0, 3, 10),
  breaks: fc.constantFrom('never', 'never', 'before', 'within'),
});

interface Heard {
  readonly who: Caller;
  text: string;
  ended: string | undefined;
  error: unknown;
}

test('in any schedule each caller hears its own tenant’s answer from the beginning, and the provider is cancelled when and only when nobody is left', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(caller, { minLength: 1, maxLength: 8 }),
      upstream,
      fc.constantFrom(300, 100_000),
      async (callers, { firstMs, words, gapMs, breaks }, maxBytes) => {
        const clock = virtualClock();
        const canary = (of: string): string => `${of}-canary `;
        const script = (of: string): readonly Step[] => {
          const said = say(canary(of).repeat(words)).flatMap((step) =>
            step.do === 'emit' && gapMs > 0 ? [wait(gapMs), step] : [step],
          );
          if (breaks === 'before') return [wait(firstMs), fail('server')];
          if (breaks === 'never') return [wait(firstMs), ...said];
          return [wait(firstMs), ...said.slice(0, Math.ceil(said.length / 2)), fail('connection')];
        };
        const provider = fakeProvider({ script: (call) => script(call.state.get(tenant) ?? '') });
        const client = createClient({
          providers: [provider],
          clock,
          middleware: [
            coalesce({ scope: (call) => call.state.get(tenant), maxBytes }),
            retry({ attempts: 1 }),
          ],
        });
        const signals: ReturnType<typeof countingSignal>[] = [];
        const heard: Heard[] = [];
        /** Who still wants what, by tenant and shape. */
        const interested = new Map<string, number>();
        const nameOf = ({ tenant: of, stream }: Caller): string => `${of} ${stream}`;
        const count = (who: Caller, by: number): void => {
          interested.set(nameOf(who), (interested.get(nameOf(who)) ?? 0) + by);
        };

        const run = async (who: Caller): Promise<void> => {
          const mine: Heard = { who, text: '', ended: undefined, error: undefined };
          heard.push(mine);
          const own = countingSignal();
          signals.push(own);
          const { leaves } = who;
          let leave = (): void => own.controller.abort();
          let left = false;
          const timer =
            leaves === undefined || leaves.how === 'deadline'
              ? undefined
              : clock.setTimer(() => {
                  left = true;
                  leave();
                }, leaves.after);
          const options = {
            signal: own.signal,
            state: (state: State) => state.set(tenant, who.tenant),
            ...(leaves?.how === 'deadline' ? { timeoutMs: leaves.after } : {}),
          };
          const input = { model: 'fake/m', messages: [] } as const;
          count(who, 1);
          try {
            if (!who.stream) {
              mine.text = (await client.chat(input, options)).text;
              mine.ended = 'complete';
              return;
            }
            const stream = await client.chat.stream(input, options);
            if (leaves?.how === 'cancel') leave = () => stream.cancel();
            if (leaves?.how === 'return') leave = () => void stream[Symbol.asyncDispose]();
            if (left) leave();
            for (;;) {
              const batch = await stream.nextBatch();
              if (batch === undefined) break;
              for (const event of batch) if (event.type === 'text-delta') mine.text += event.text;
              if (who.paceMs > 0)
                await new Promise<void>((resolve) => clock.setTimer(resolve, who.paceMs));
            }
            mine.ended = left ? 'left' : 'complete';
          } catch (error) {
            mine.error = error;
            mine.ended = (error as { code: string }).code;
          } finally {
            count(who, -1);
            clock.clearTimer(timer);
          }
        };

        const runs: Promise<void>[] = [];
        for (const who of callers) clock.setTimer(() => runs.push(run(who)), who.at);
        for (let now = 0; now < 120; now++) {
          await clock.advance(1);
          await settle();
          // Nobody is cancelled while somebody waits, and nobody works for no one.
          for (const attempt of provider.attempts) {
            const of = `${attempt.call.state.get(tenant)} ${attempt.call.stream}`;
            if ((interested.get(of) ?? 0) === 0) expect(attempt.closed, of).toBe(true);
          }
        }
        await clock.advance(10_000);
        await Promise.all(runs);

        const whole = (of: string): string => canary(of).repeat(words);
        for (const { who, text, ended } of heard) {
          // From the beginning, in order, and nothing of another tenant.
          expect(whole(who.tenant).startsWith(text)).toBe(true);
          if (ended === 'complete') expect(text).toBe(whole(who.tenant));
          const own = ['left', 'aborted', 'timeout'].includes(String(ended));
          if (who.leaves === undefined) expect(own).toBe(false);
          if (ended === 'too_large') expect(who.paceMs).toBeGreaterThan(0);
        }
        const errors = heard.flatMap(({ error }) => (error === undefined ? [] : [error]));
        expect(new Set(errors).size).toBe(errors.length);
        // Cancelled only where every caller of that answer had left.
        if (callers.every(({ leaves }) => leaves === undefined)) {
          expect(provider.attempts.every(({ cancelled }) => cancelled === undefined)).toBe(true);
        }
        expect([provider.open, clock.timers]).toEqual([0, 0]);
        expect(signals.map((signal) => signal.count())).toEqual(signals.map(() => 0));
      },
    ),
    { numRuns: 300 },
  );
});
