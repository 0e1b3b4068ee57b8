import {
  afterAttempts,
  aroundAttempts,
  createClient,
  InferwayError,
  observe,
  observeAttempts,
  type AttemptObserver,
  type Middleware,
} from '@inferway/core';
import { cost, priceTable, retry } from '@inferway/core/middleware';
import { budget } from '@inferway/core/spending';
import { memoryQuota } from '@inferway/core/stores';
import { fail, fakeProvider, say, settle, virtualClock, type Script } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from './helpers.js';

const input = { model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] } as const;

function watching(told: string[], name: string): AttemptObserver {
  return {
    over({ status, error, cost }, reply) {
      const why = error === undefined ? '' : ` ${error.code}`;
      told.push(`${name} ${status}${why} ${reply === undefined ? 'unanswered' : 'answered'}`);
      if (cost?.known === true) told.push(`${name} ${cost.total}`);
    },
  };
}

function observing(told: string[], ...names: string[]): Middleware {
  return (call, next) => {
    for (const name of names) {
      observeAttempts(call.state, (_call, attempt) => {
        told.push(`${name} begins ${attempt.number}`);
        return watching(told, `${name} ${attempt.number}`);
      });
    }
    return next(call);
  };
}

function clientOf(script: Script, ...middleware: Middleware[]) {
  const clock = virtualClock();
  const provider = fakeProvider({ name: 'fake', script });
  return { clock, provider, client: createClient({ providers: [provider], middleware, clock }) };
}

describe('who observes attempts', () => {
  test('hears of each from its beginning, and of its end the innermost first', async () => {
    const told: string[] = [];
    const script: Script = (_call, attempt) => (attempt === 1 ? [fail('server')] : say('yes'));
    const { client, clock } = clientOf(
      script,
      observing(told, 'a', 'b'),
      retry({ baseMs: 1, maxMs: 1 }),
    );
    const asked = client.chat(input);
    await clock.advance(5);
    await asked;
    expect(told).toEqual([
      'a begins 1',
      'b begins 1',
      'b 1 failed server unanswered',
      'a 1 failed server unanswered',
      'a begins 2',
      'b begins 2',
      'b 2 complete answered',
      'a 2 complete answered',
    ]);
  });

  test('hears of the end of a stream when it was read, broke or was left', async () => {
    const told: string[] = [];
    const { client } = clientOf(() => say('one two three'), observing(told, 'a'));
    for await (const _event of await client.chat.stream(input));
    expect(told.splice(0)).toEqual(['a begins 1', 'a 1 complete answered']);
    (await client.chat.stream(input)).cancel();
    expect(told.splice(0)).toEqual(['a begins 1', 'a 1 cancelled aborted answered']);
    const broken = clientOf(
      () => [...say('one two').slice(0, 4), fail('stream_interrupted')],
      observing(told, 'a'),
    );
    const stream = await broken.client.chat.stream(input);
    expect((await errorOf(stream.result)).code).toBe('stream_interrupted');
    expect(told).toEqual(['a begins 1', 'a 1 failed stream_interrupted answered']);
  });

  test('sees the events of a stream', async () => {
    let events = 0;
    const { client } = clientOf(
      () => say('one two three'),
      (call, next) => {
        observeAttempts(call.state, () => ({
          batch: (batch) => void (events += batch.length),
          over() {},
        }));
        return next(call);
      },
    );
    let read = 0;
    for await (const _event of await client.chat.stream(input)) read++;
    expect(events).toBe(read);
  });

  test('puts a cost on the reply, for those further out and for the caller', async () => {
    const told: string[] = [];
    const { client } = clientOf(
      () => say('yes'),
      observing(told, 'outer'),
      (call, next) => {
        observeAttempts(call.state, () => ({
          over: (outcome) => void (outcome.cost = { known: true, total: 7, source: 'price' }),
        }));
        return next(call);
      },
    );
    expect((await client.chat(input)).cost).toMatchObject({ total: 7 });
    expect(told.at(-1)).toBe('outer 1 7');
  });

  test('that says no to an attempt fails it: nothing is sent, and those who began hear of it once', async () => {
    const told: string[] = [];
    const refusal = new InferwayError('budget', { message: 'no' });
    for (const refuse of [
      () => {
        throw refusal;
      },
      () => Promise.reject(refusal),
    ]) {
      const { client, provider } = clientOf(
        () => say('yes'),
        observing(told, 'first'),
        (call, next) => {
          observeAttempts(call.state, refuse);
          return next(call);
        },
        observing(told, 'last'),
      );
      const error = await errorOf(client.chat(input));
      expect(error.code).toBe('budget');
      expect(error.attempts).toMatchObject([{ number: 1, error: 'budget' }]);
      expect(told.splice(0)).toEqual(['first begins 1', 'first 1 failed budget unanswered']);
      expect(provider.attempts.length).toBe(0);
    }
  });

  test('that breaks at the beginning costs nothing: nothing was sent', async () => {
    const store = memoryQuota();
    const prices = priceTable({ 'fake/*': { input: 1, output: 1 } });
    const money = budget({ store, prices, budgets: [{ name: 'all', usd: 10, period: 'total' }] });
    const { client } = clientOf(
      () => say('yes'),
      money,
      cost({ prices }),
      (call, next) => {
        observeAttempts(call.state, () => {
          throw new Error('broken');
        });
        return next(call);
      },
    );
    const error = await errorOf(client.chat(input));
    expect(error.code).toBe('internal');
    expect(error.attempts).toMatchObject([{ billed: 'no', cost: { known: true, total: 0 } }]);
    expect(await money.states()).toMatchObject([{ spent: 0, reserved: 0 }]);
  });

  test('that breaks at the end fails the attempt, and those further out hear why', async () => {
    const told: string[] = [];
    const breaks: Middleware = (call, next) => {
      observeAttempts(call.state, () => ({
        over() {
          throw new Error('broken');
        },
      }));
      return next(call);
    };
    const { client } = clientOf(() => say('yes'), observing(told, 'outer'), breaks);
    expect((await errorOf(client.chat(input))).code).toBe('internal');
    expect(told.splice(0)).toEqual(['outer begins 1', 'outer 1 failed internal answered']);
    const stream = await client.chat.stream(input);
    expect((await errorOf(stream.result)).code).toBe('internal');
    expect(told).toEqual(['outer begins 1', 'outer 1 failed internal answered']);
  });

  test('stands inside of the layers around the attempt, which is over when those have heard of its end', async () => {
    const told: string[] = [];
    const around: Middleware = async (call, next) => {
      aroundAttempts(call.state, async (inner, attempt, send) => {
        told.push(`layer ${attempt.number}`);
        return observe(await send(inner), {
          end: ({ status }) => told.push(`layer ${status} ${attempt.endedMs === undefined}`),
        });
      });
      const reply = await next(call);
      const ask = (): void => afterAttempts(call.state, () => told.push('all over'));
      if (reply.stream) reply.events.observe({ end: ask });
      else ask();
      return reply;
    };
    const { client } = clientOf(() => say('yes'), observing(told, 'a'), around);
    const whole = ['layer 1', 'a begins 1', 'a 1 complete answered', 'layer complete true'];
    await client.chat(input);
    expect(told.splice(0)).toEqual([...whole, 'all over']);
    for await (const _event of await client.chat.stream(input));
    await settle();
    expect(told).toEqual([...whole, 'all over']);
  });
});
