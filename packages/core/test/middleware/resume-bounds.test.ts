import {
  attemptBudget,
  type ChatInput,
  type ChatResult,
  type Middleware,
  type State,
} from '@inferway/core';
import { cache } from '@inferway/core/caching';
import { cost, priceTable } from '@inferway/core/middleware';
import { resume, type ResumeOptions } from '@inferway/core/resilience';
import {
  accept,
  emit,
  fail,
  fakeError,
  say,
  settle,
  stall,
  usage,
  type Step,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { broken, CONTINUE, messages, RESTART, setUp, textOf, typesOf } from './resume-rig.js';
import { runningAttempts } from '../running-attempts.js';

describe('what never goes on', () => {
  const part = { type: 'tool-call', id: 't', name: 'pay', arguments: '' } as const;
  const call = (...events: readonly object[]) => [
    accept(),
    emit({ type: 'start' }, { type: 'part-start', index: 0, part }),
    emit({ type: 'tool-call-delta', index: 0, arguments: '{}' }),
    ...events.map((event) => emit(event)),
    fail('connection'),
  ];

  test('an answer whose tool call is whole: it may be running (F32)', async () => {
    const { read, requests } = setUp({ a: call({ type: 'part-end', index: 0 }) }, RESTART);
    const { error, events } = await read();
    expect(error).toMatchObject({ code: 'connection' });
    expect(typesOf(events)).not.toContain('resumed');
    expect(requests()).toHaveLength(1);
  });

  test('a tool call that is half written is never continued: the answer begins anew', async () => {
    const { read } = setUp({ a: (_call, n) => (n === 1 ? call() : say('no tool')) }, CONTINUE);
    const { reply, events } = await read();
    expect(events.find(({ type }) => type === 'resumed')).toMatchObject({ mode: 'restart' });
    expect((await reply.result).toolCalls).toEqual([]);
  });

  test.each<[string, readonly Step[], Partial<ChatInput>]>([
    ['a request that is wrong', broken('one two', 1, 'invalid_request'), {}],
    [
      'an answer that has its finish reason',
      [
        ...say('one').slice(0, -1),
        emit({ type: 'finish', finishReason: { unified: 'stop' } }),
        fail('connection'),
      ],
      {},
    ],
    [
      'a tool that the provider ran',
      [
        accept(),
        emit({
          type: 'part-start',
          index: 0,
          part: { type: 'provider', format: 'f', kind: 'search', value: {} },
        }),
        fail('connection'),
      ],
      {},
    ],
    [
      'a request with tools of the provider',
      broken('one two', 1),
      { tools: [{ type: 'provider', format: 'f', value: {} }] },
    ],
    [
      'a provider that asks for a long pause',
      broken('one two', 1, fakeError('rate_limit', { retryAfterMs: 11_000 })),
      {},
    ],
  ])('%s', async (_what, script, more) => {
    const { read, requests } = setUp({ a: script }, RESTART);
    expect((await read(more)).error).toBeDefined();
    expect(requests()).toHaveLength(1);
  });

  test('a stream without content: that is for the layers further in', async () => {
    const { read, requests } = setUp({ a: [...say('x').slice(0, 3), fail('connection')] }, RESTART);
    expect((await read()).error).toMatchObject({ code: 'connection' });
    expect(requests()).toHaveLength(1);
  });

  test('a unary call', async () => {
    const { client, requests } = setUp({ a: broken('one two', 1) }, RESTART);
    await errorOf(client.chat({ model: 'a/x', messages }));
    expect(requests()).toHaveLength(1);
  });
});

describe('bounds', () => {
  test('as often as allowed, then the failure is thrown with what came', async () => {
    const { read, requests } = setUp(
      { a: (_call, n) => broken(`word${n} rest`, 1) },
      { ...CONTINUE, times: 2 },
    );
    const { error, events } = await read();
    expect(requests()).toHaveLength(3);
    expect(textOf(events)).toBe('word1 word2 word3 ');
    expect((error as { partial: ChatResult }).partial.message.content).toEqual([
      { type: 'text', text: 'word1 word2 word3 ' },
    ]);
  });

  test('the attempt budget', async () => {
    const { read, requests } = setUp(
      { a: broken('one two', 1) },
      { ...RESTART, times: 9 },
      [],
      [],
      2,
    );
    await read();
    expect(requests()).toHaveLength(2);
  });

  test('a failure to go on throws the error that broke the stream, with both', async () => {
    const { read } = setUp(
      { a: (_call, n) => (n === 1 ? broken('one two', 1) : [fail('authentication')]) },
      RESTART,
    );
    const { error } = await read();
    expect(error).toMatchObject({ code: 'connection' });
    const { failures } = error as { failures: { code: string }[] };
    expect(failures.map(({ code }) => code)).toEqual(['connection', 'authentication']);
  });

  test('the deadline', async () => {
    const late = setUp({ a: broken('one two', 1) }, { ...RESTART, baseMs: 60_000 });
    const { error } = await late.read({}, { timeoutMs: 5 });
    expect((error as { code: string }).code).toBe('connection');
    expect(late.requests()).toHaveLength(1);
  });

  test('all streams together: an outage is not met with twice the load for ever', async () => {
    const { read, requests } = setUp({ a: broken('one two', 1) }, RESTART);
    for (let call = 0; call < 100; call++) await read();
    expect(requests().length).toBeLessThanOrEqual(100 + 20);
  });

  test.each(['while it waits', 'while it is asked', 'after it went on'])(
    'a reader who leaves %s stops it, and nothing is left',
    async (when) => {
      const { clock, stream, providers, open } = setUp(
        {
          a: (_call, n) => {
            if (n === 1) return broken('one two', 1);
            return when === 'after it went on' ? [...say('three').slice(0, 4), stall()] : [stall()];
          },
        },
        { ...RESTART, baseMs: 100 },
      );
      const { signal, count } = countingSignal();
      const reply = await stream({}, { signal });
      const reading = reply.result.catch((reason: unknown) => reason);
      await settle();
      expect(clock.timers).toBe(1);
      if (when !== 'while it waits') await clock.advance(100);
      reply.cancel();
      expect(await reading).toMatchObject({ code: 'aborted' });
      await clock.advance(1000);
      expect(providers[0]?.attempts).toHaveLength(when === 'while it waits' ? 1 : 2);
      expect([open(), clock.timers, count()]).toEqual([0, 0, 0]);
    },
  );

  test('an abort of the caller does, too', async () => {
    const { clock, stream, open } = setUp(
      { a: (_call, n) => (n === 1 ? broken('one two', 1) : [stall()]) },
      RESTART,
    );
    const { controller, signal, count } = countingSignal();
    const reply = await stream({}, { signal });
    const failed = errorOf(reply.result);
    await clock.advance(10);
    controller.abort();
    expect((await failed).code).toBe('aborted');
    expect([open(), clock.timers, count()]).toEqual([0, 0, 0]);
  });
});

describe('what it costs', () => {
  const prices = priceTable({ 'a/*': { input: 1, output: 1 } });
  const first = [
    accept(),
    usage({ inputTokens: 10, outputTokens: 1 }),
    ...broken('one two', 1).slice(1),
  ];

  test('usage and cost are those of all attempts', async () => {
    const { read } = setUp({ a: (_call, n) => (n === 1 ? first : say('two')) }, CONTINUE, [
      cost({ prices }),
    ]);
    const { reply, events } = await read();
    expect(reply.usage).toEqual({ inputTokens: 20, outputTokens: 2 });
    expect(events.at(-1)).toEqual({ type: 'end', usage: { inputTokens: 20, outputTokens: 2 } });
    expect(reply.cost).toEqual({ known: true, total: 22_000, source: 'price' });
    expect(reply.meta.attempts?.map(({ cost: of }) => of?.known === true && of.total)).toEqual([
      11_000, 11_000,
    ]);
  });

  test('what a broken attempt did not report is estimated, and flagged', async () => {
    const { read } = setUp(
      { a: (_call, n) => (n === 1 ? broken('one two', 1) : say('two')) },
      CONTINUE,
    );
    const { reply } = await read();
    expect(reply.usage).toMatchObject({ outputTokens: 2, estimated: true });
    expect(reply.cost).toBeUndefined();
  });
});

test('a cache keeps the answer that came of it, not how it came', async () => {
  for (const options of [RESTART, CONTINUE]) {
    const { read } = setUp(
      { a: (_call, n) => (n === 1 ? broken('one two', 1) : say('two three')) },
      options,
      [],
      [cache({ scope: 'shared', replayTiming: true })],
    );
    const { reply } = await read();
    const { text } = await reply.result;
    const again = await read();
    expect(again.reply.meta.cache).toBe('hit');
    expect(typesOf(again.events)).not.toContain('resumed');
    expect(textOf(again.events)).toBe(text);
  }
});

test('a stream that does not break is as it was', async () => {
  const { read, told } = setUp({ a: say('all well') }, RESTART, [cost()]);
  const { events, reply } = await read();
  expect(typesOf(events)).not.toContain('resumed');
  expect(reply.usage).toEqual({ inputTokens: 10, outputTokens: 2 });
  expect(told).toEqual([]);
});

test('every attempt of it ends once', async () => {
  const states: State[] = [];
  const watch: Middleware = (call, next) => {
    states.push(call.state);
    return next(call);
  };
  const { read } = setUp(
    { a: (_call, n) => (n === 1 ? broken('one two', 1) : say('two')) },
    RESTART,
    [],
    [watch],
  );
  await read();
  const budget = attemptBudget(states[0] as State);
  const { made, reserved } = budget;
  expect(made.map(({ error, endedMs }) => [error, typeof endedMs])).toEqual([
    ['connection', 'number'],
    [undefined, 'number'],
  ]);
  expect([runningAttempts(budget), reserved]).toEqual([0, 0]);
});

test.each<[string, unknown]>([
  ['mode', {}],
  ['mode', { mode: 'again' }],
  ['prefill', { mode: 'continue' }],
  ['prefill', { mode: 'continue', prefill: [] }],
  ['prefill', { mode: 'continue', prefill: ['claude'] }],
  ['prefill', { mode: 'continue', prefill: ['a/*b'] }],
  ['prefill', { mode: 'continue', prefill: ['*/x'] }],
  ['prefill', { mode: 'continue', prefill: [{ model: 'a/x' }] }],
  ['prefill', { mode: 'continue', prefill: [null] }],
  ['prefill', { mode: 'restart', prefill: ['a/*'] }],
  ['times', { mode: 'restart', times: 0 }],
  ['times', { mode: 'restart', times: 1.5 }],
  ['baseMs', { mode: 'restart', baseMs: -1 }],
  ['retryAfterCapMs', { mode: 'restart', retryAfterCapMs: Number.NaN }],
])('a bad %s is refused when it is built: %o', async (param, options) => {
  const error = await errorOf((async () => resume(options as ResumeOptions))());
  expect(error).toMatchObject({ code: 'configuration', param });
  expect(error.message).toMatch(/^resume/u);
});
