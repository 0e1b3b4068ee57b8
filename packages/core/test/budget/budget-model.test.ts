import {
  caller,
  createClient,
  InferwayError,
  type AnyReply,
  type CallOptions,
  type Middleware,
} from '@inferway/core';
import { cost, fallback, retry } from '@inferway/core/middleware';
import {
  accept,
  emit,
  fail,
  fakeError,
  fakeProvider,
  settle,
  usage,
  virtualClock,
  wait,
  type Step,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { budget } from '../../src/middleware/budget/budget.js';
import { memoryQuota } from '../../src/stores/memory-quota.js';
import { guardQuota } from '../../src/stores/outage/guard-quota.js';
import type { QuotaStore } from '../../src/stores/quota-store.js';
import { fragileStore } from '../outage/fragile-store.js';
import { dollarsOf, INPUT_BOUND, nanosOf, prices } from './bench.js';
import { watched } from './watched-store.js';

/** One call and what becomes of it. */
const plan = fc.record({
  at: fc.nat(300),
  user: fc.constantFrom('a', 'b'),
  stream: fc.boolean(),
  hedged: fc.boolean(),
  max: fc.integer({ min: 1, max: 400 }),
  /** Shares of what it may use. */
  input: fc.double({ min: 0, max: 1, noNaN: true }),
  output: fc.double({ min: 0, max: 1, noNaN: true }),
  latency: fc.nat(60),
  how: fc.constantFrom('ends', 'refused', 'lost', 'breaks', 'silent'),
  abortAfter: fc.option(fc.nat(120), { nil: undefined }),
  leaves: fc.boolean(),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

const LIMIT = 1500;

// A second copy at once; the first that answers wins, and the other one is aborted.
const hedgeTwice: Middleware = async (call, next) => {
  const tries = [new AbortController(), new AbortController()];
  const copies = tries.map(
    ({ signal }) =>
      next({ ...call, signal: AbortSignal.any([call.signal, signal]) }) as Promise<AnyReply>,
  );
  for (const copy of copies) copy.catch(() => {});
  const winner = await Promise.any(copies.map((copy, index) => copy.then(() => index))).catch(
    (reason: AggregateError) => {
      throw InferwayError.from(reason.errors[0]);
    },
  );
  tries[1 - winner]?.abort();
  copies[1 - winner]?.then((late) => late.stream && late.events.cancel()).catch(() => {});
  return copies[winner] as Promise<AnyReply>;
};

function stepsOf(one: Plan, attempt: number): readonly Step[] {
  const text = emit({ type: 'text-delta', index: 0, text: 'a' });
  const begin = [
    wait(one.latency),
    accept(),
    emit({ type: 'part-start', index: 0, part: { type: 'text', text: '' } }),
    text,
  ];
  const counted = usage({
    inputTokens: Math.round(one.input * INPUT_BOUND),
    outputTokens: Math.round(one.output * one.max),
  });
  switch (attempt === 1 ? one.how : 'ends') {
    case 'refused':
      return [wait(one.latency), fail(fakeError('overloaded', { status: 503 }))];
    case 'lost':
      return [wait(one.latency), fail(fakeError('connection', { sent: 'maybe' }))];
    case 'breaks':
      return [...begin, counted, wait(one.latency), fail('stream_interrupted')];
    case 'silent':
      return [...begin, wait(one.latency), emit({ type: 'end' })];
    default:
      return [...begin, wait(one.latency), counted, emit({ type: 'end' })];
  }
}

/** Runs the plans over one store, and tells what providers were paid. */
async function run(plans: readonly Plan[], store: QuotaStore, clock = virtualClock()) {
  let charged = 0;
  const byPlan = new Map<object, number>();
  const scripted = <const Name extends string>(name: Name) =>
    fakeProvider({
      name,
      script: (call) => {
        const one = plans[Number((call.request as { user?: string }).user)] as Plan;
        const made = (byPlan.get(one) ?? 0) + 1;
        byPlan.set(one, made);
        return stepsOf(one, made);
      },
    });
  const make = () =>
    createClient({
      providers: [scripted('fake'), scripted('other')],
      clock,
      middleware: [
        budget({
          store,
          prices,
          budgets: [
            { name: 'all', usd: dollarsOf(2 * LIMIT), period: 'total' },
            { name: 'each', per: 'user', usd: dollarsOf(LIMIT), period: 'day' },
          ],
        }),
        fallback('other/m'),
        (call, next) =>
          (plans[Number((call.request as { user?: string }).user)] as Plan).hedged
            ? hedgeTwice(call, next)
            : next(call),
        retry({ attempts: 2, baseMs: 5, maxMs: 5 }),
        cost({
          prices,
          onCharge: ({ cost: bill }) => (charged += bill.known ? bill.total : Number.NaN),
        }),
      ],
    });
  const processes = [make(), make()];
  let refused = 0;
  const one = async (planned: Plan, index: number): Promise<void> => {
    const controller = new AbortController();
    const input = {
      model: 'fake/m',
      messages: [{ role: 'user', content: 'hi' }],
      maxOutputTokens: planned.max,
      user: String(index),
    } as never;
    const options: CallOptions = {
      signal: controller.signal,
      state: (state) => state.set(caller, { user: planned.user }),
    };
    const client = processes[index % 2] as (typeof processes)[0];
    if (planned.abortAfter !== undefined)
      clock.setTimer(() => controller.abort(), planned.abortAfter);
    try {
      if (!planned.stream) await client.chat(input, options);
      else {
        for await (const _event of await client.chat.stream(input, options))
          if (planned.leaves) break;
      }
    } catch (reason) {
      if (InferwayError.from(reason).code === 'budget') refused++;
    }
  };
  const running: Promise<void>[] = [];
  plans.forEach((planned, index) => {
    clock.setTimer(() => running.push(one(planned, index)), planned.at);
  });
  await clock.advance(3000);
  await Promise.all(running);
  await settle();
  return { charged, refused, clock };
}

test('at every instant no budget is exceeded; at the end nothing is held, and what was counted is what was charged (A3, A4)', async () => {
  let refusals = 0;
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { maxLength: 14 }), fc.boolean(), async (plans, byHand) => {
      const clock = virtualClock();
      const seen = watched(memoryQuota({ clock }), byHand);
      const { charged, refused } = await run(plans, seen.store, clock);
      const states = await budget({
        store: seen.store,
        prices,
        budgets: [{ name: 'all', usd: dollarsOf(2 * LIMIT), period: 'total' }],
      }).states();
      refusals += refused;
      runs++;
      expect(seen.over).toBe(0);
      expect(states[0]).toMatchObject({ spent: charged, reserved: 0 });
      expect(clock.timers).toBe(0);
    }),
    { numRuns: 300 },
  );
  // Else the budgets were never near their ends.
  expect(refusals).toBeGreaterThan(runs / 10);
});

const outage = fc.record({
  at: fc.nat(400),
  mode: fc.constantFrom('there', 'failing', 'deaf', 'frozen', 'restart') as fc.Arbitrary<
    'there' | 'failing' | 'deaf' | 'frozen' | 'restart'
  >,
});

test('through outages of the store, too: closed or from slices, never beyond a budget; nothing is lost or counted twice', async () => {
  let granted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(plan, { maxLength: 10 }),
      fc.array(outage, { maxLength: 4 }),
      fc.boolean(),
      async (plans, outages, withSlices) => {
        const clock = virtualClock();
        const store = fragileStore(clock);
        const guarded = guardQuota(store, {
          clock,
          processes: 1,
          timeoutMs: 20,
          retryMs: 40,
          failures: 2,
          onOutage: () => {},
          ...(withSlices ? { leaseShare: 0.3 } : { budgets: 'closed' as const }),
        });
        let restarted = false;
        let over = 0;
        const total = {
          kind: 'spend',
          key: keyOfAll,
          limit: nanosOf(2 * LIMIT),
          amount: 0,
          period: 'total',
        } as const;
        const look = (): void => {
          const [state] = store.inside.read([total]) as readonly { used: number }[];
          over = Math.max(over, (state?.used ?? 0) - total.limit);
        };
        for (let ms = 0; ms < 3000; ms += 3) clock.setTimer(look, ms);
        for (const { at, mode } of outages) {
          clock.setTimer(() => {
            if (mode === 'restart') {
              restarted = true;
              store.restart();
            } else if (mode === 'there') store.thaw();
            else store.mode = mode;
          }, at);
        }
        clock.setTimer(() => store.thaw(), 800);
        const { charged } = await run(plans, guarded, clock);
        await clock.advance(200_000);
        const closing = guarded.close?.();
        await clock.advance(1000);
        await closing;
        const [state] = store.inside.read([total]) as readonly { used: number; held: number }[];
        granted += charged;
        expect(state?.held).toBe(0);
        // What the store lost, a ledger would bring back.
        if (!restarted) {
          expect(over).toBe(0);
          expect(state?.used).toBe(charged);
        }
        expect(clock.timers).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
  expect(granted).toBeGreaterThan(0);
});

const keyOfAll = `budget|${JSON.stringify(['all', 'all', 'total'])}${JSON.stringify([''])}`;
