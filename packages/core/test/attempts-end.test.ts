import {
  afterAttempts,
  aroundAttempts,
  attemptBudget,
  AttemptBudget,
  AttemptClaim,
  createClient,
  deadlineOf,
  remainingMs,
  setDeadline,
  State,
  stateKey,
  withDeadline,
  type Middleware,
} from '@inferway/core';
import { cost } from '@inferway/core/middleware';
import {
  fail,
  fakeProvider,
  ignoreCancel,
  say,
  settle,
  virtualClock,
  wait,
  type Script,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from './helpers.js';
import { runningAttempts } from './running-attempts.js';

const input = { model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] } as const;

/** Writes down when all attempts of a call are over, asked for as soon as its own reply has ended. */
function setUp(script: Script) {
  const clock = virtualClock();
  const provider = fakeProvider({ script });
  const told: string[] = [];
  const states: State[] = [];
  const watch: Middleware = async (call, next) => {
    const { state } = call;
    states.push(state);
    aroundAttempts(state, async (inner, attempt, onward) => {
      try {
        const reply = await onward(inner);
        if (reply.stream) reply.events.observe({ end: () => told.push(`layer ${attempt.number}`) });
        else told.push(`layer ${attempt.number}`);
        return reply;
      } catch (reason) {
        told.push(`layer ${attempt.number} failed`);
        throw reason;
      }
    });
    const ask = (): void => {
      told.push(`${runningAttempts(attemptBudget(state))} running`);
      afterAttempts(state, () => told.push(`over at ${clock.now()}`));
    };
    try {
      const reply = await next(call);
      if (reply.stream) reply.events.observe({ end: ask });
      else ask();
      return reply;
    } catch (reason) {
      ask();
      throw reason;
    }
  };
  const client = createClient({ providers: [provider], clock, middleware: [watch, cost()] });
  return { client, clock, told, states };
}

describe('the end of a call’s attempts', () => {
  test('of a unary answer is there when the reply is, with its cost', async () => {
    const { client, told, states } = setUp(say('hi'));
    await client.chat(input);
    expect(told).toEqual(['layer 1', '0 running', 'over at 0']);
    expect(attemptBudget(states[0] as State).made).toMatchObject([{ endedMs: 0, billed: 'yes' }]);
  });

  test('of a stream is there when it ends, not when it was accepted', async () => {
    const { client, told, states, clock } = setUp([...say('hi').slice(0, 4), wait(30)]);
    const stream = await client.chat.stream(input);
    const { made } = attemptBudget(states[0] as State);
    expect(made[0]?.endedMs).toBeUndefined();
    const text = stream.result;
    await clock.advance(30);
    await text;
    expect(told).toEqual(['layer 1', '0 running', 'over at 30']);
    expect(made[0]).toMatchObject({ durationMs: 0, endedMs: 30 });
  });

  test.each([
    ['a refusal', [fail('server')]],
    ['a refusal after a wait', [wait(5), fail('rate_limit')]],
  ] as const)('of %s is told once', async (_what, script) => {
    const { client, told, clock } = setUp(script);
    const failed = errorOf(client.chat(input));
    await clock.advance(5);
    await failed;
    expect(told.slice(0, 2)).toEqual(['layer 1 failed', '0 running']);
    expect(told).toHaveLength(3);
  });

  test('of a stream that is left is told at once', async () => {
    const { client, told } = setUp([...say('hi').slice(0, 4), wait(30)]);
    const stream = await client.chat.stream(input);
    stream.cancel();
    expect(told).toEqual(['layer 1', '0 running', 'over at 0']);
  });

  test('of a provider that does not listen comes when its work ends, later than the call', async () => {
    const { client, told, clock, states } = setUp([ignoreCancel(), wait(50), ...say('late')]);
    const failed = errorOf(client.chat(input, { timeoutMs: 10 }));
    await clock.advance(10);
    expect((await failed).code).toBe('timeout');
    const state = states[0] as State;
    const over: number[] = [];
    afterAttempts(state, () => over.push(clock.now()));
    expect(over).toEqual([]);
    await clock.advance(100);
    expect(over).toEqual([50]);
    expect(told.filter((line) => line.startsWith('layer'))).toEqual(['layer 1']);
    expect(runningAttempts(attemptBudget(state))).toBe(0);
  });
});

describe('an attempt that is kept back', () => {
  test('counts against retries until it is made or given up, once', () => {
    const budget = new AttemptBudget(2);
    const first = new AttemptClaim(budget);
    expect(budget.allowsRetry).toBe(true);
    const second = new AttemptClaim(budget);
    expect(budget.allowsRetry).toBe(false);
    second.release();
    second.release();
    expect(budget.reserved).toBe(1);
    first.release();
    expect(budget.reserved).toBe(0);
  });

  test('becomes the attempt that is made for it', async () => {
    const seen: number[] = [];
    const claims: Middleware = (call, next) => {
      const budget = attemptBudget(call.state);
      const claim = new AttemptClaim(budget);
      seen.push(budget.made.length + budget.reserved);
      return next({ ...call, claim });
    };
    const late: Middleware = async (call, next) => {
      await settle();
      const reply = await next(call);
      const budget = attemptBudget(call.state);
      seen.push(budget.made.length + budget.reserved);
      return reply;
    };
    const provider = fakeProvider({ script: say('x') });
    await createClient({ providers: [provider], middleware: [claims, late] }).chat(input);
    expect(seen).toEqual([1, 1]);
  });
});

describe('a state but for one value', () => {
  const runtime = { clock: virtualClock(), traits: () => undefined };
  const name = stateKey<string>('name');
  const other = stateKey<string>('other');

  test('has that value for itself and all else in common, both ways', () => {
    const base = new State(runtime);
    base.set(name, 'base');
    const view = base.but(name, 'own');
    view.set(other, 'set below');
    view.set(name, 'changed');
    expect(base.get(name)).toBe('base');
    expect(view.get(name)).toBe('changed');
    expect(base.get(other)).toBe('set below');
    expect(view.ensure(other, () => 'never')).toBe('set below');
    expect(attemptBudget(view)).toBe(attemptBudget(base));
    expect(view.startedAt).toBe(base.startedAt);
  });

  test('may have a deadline that moves, and never one that is later than a layer has set', () => {
    const base = new State(runtime);
    setDeadline(base, 10);
    let latest = 50;
    const view = withDeadline(base, () => latest);
    expect(deadlineOf(view)).toBe(50);
    latest = Number.POSITIVE_INFINITY;
    expect(deadlineOf(view)).toBeUndefined();
    expect(remainingMs(view)).toBe(Number.POSITIVE_INFINITY);
    setDeadline(view, 30);
    expect(deadlineOf(view)).toBe(30);
    latest = 20;
    expect(deadlineOf(view)).toBe(20);
    expect(deadlineOf(base)).toBe(10);
  });
});
