import { createClient, State, type ChatResult } from '@inferway/core';
import { cache, cacheMode } from '@inferway/core/caching';
import {
  accept,
  fakeProvider,
  emit,
  fail,
  result,
  say,
  settle,
  stall,
  usage,
  type Step,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import { cacheRig } from './rig.js';

describe('what is not stored', () => {
  const unary = (value: Partial<ChatResult>): Step[] => [
    usage({ inputTokens: 1, outputTokens: 1 }),
    result({
      message: { role: 'assistant', content: [{ type: 'text', text: 'x' }] },
      finishReason: { unified: 'stop' },
      ...value,
    }),
  ];
  const toolCall: Partial<ChatResult> = {
    message: {
      role: 'assistant',
      content: [{ type: 'tool-call', id: '1', name: 'f', arguments: '{}' }],
    },
    finishReason: { unified: 'tool-calls' },
  };

  test.each<[string, Step[]]>([
    ['an answer that was cut at its length', unary({ finishReason: { unified: 'length' } })],
    ['one that was filtered', unary({ finishReason: { unified: 'content-filter' } })],
    ['one that failed', unary({ finishReason: { unified: 'error' } })],
    ['one that does not say why it stopped', unary({ finishReason: { unified: 'unknown' } })],
    ['one that calls a tool', unary(toolCall)],
    [
      'one of whose choices was cut',
      unary({
        alternatives: [
          { message: { role: 'assistant', content: [] }, finishReason: { unified: 'length' } },
        ],
      }),
    ],
  ])('%s', async (_name, script) => {
    const { chat, stream, provider } = cacheRig(script);
    await chat();
    await (
      await stream()
    ).result;
    await chat();
    expect(provider.attempts.length).toBe(3);
  });

  test('a failure', async () => {
    const { chat, provider } = cacheRig((_call, n) => (n === 1 ? [fail('server')] : say('x')));
    await errorOf(chat());
    expect((await chat()).text).toBe('x');
    expect(provider.attempts.length).toBe(2);
  });

  test('a stream that broke, that was left, or that is still running', async () => {
    const { stream, chat, provider } = cacheRig((_call, n) => {
      if (n === 1) return [...say('half an answer').slice(0, 4), fail('stream_interrupted')];
      if (n === 3) return [...say('half an answer').slice(0, 4), stall()];
      return say(`answer ${n}`);
    });
    await errorOf((await stream()).result);
    for await (const event of await stream()) if (event.type === 'text-delta') break;
    const running = (await stream()).result;
    await settle();
    expect((await chat()).text).toBe('answer 4');
    expect(provider.attempts.length).toBe(4);
    running.catch(() => {});
  });

  test('a stream that breaks after it said that it had finished', async () => {
    const { stream, chat } = cacheRig((_call, n) =>
      n === 1
        ? [
            ...say('half').slice(0, 5),
            emit({ type: 'finish', finishReason: { unified: 'stop' } }),
            fail('connection'),
          ]
        : say('whole'),
    );
    await errorOf((await stream()).result);
    expect((await chat()).text).toBe('whole');
  });

  test('a stream whose reader leaves after the last content but before its end', async () => {
    const { stream, provider } = cacheRig();
    for await (const event of await stream()) if (event.type === 'part-end') break;
    await (
      await stream()
    ).result;
    expect(provider.attempts.length).toBe(2);
  });

  test('an answer that JSON cannot hold', async () => {
    const { chat, provider } = cacheRig(
      unary({ passthrough: { format: 'x', fields: { n: 1n as never } } }),
    );
    await chat();
    await chat();
    expect(provider.attempts.length).toBe(2);
  });

  test('unless tool calls are asked for', async () => {
    const { chat, provider } = cacheRig(unary(toolCall), { cache: { toolCalls: true } });
    await chat();
    expect((await chat()).toolCalls).toMatchObject([{ name: 'f' }]);
    expect(provider.attempts.length).toBe(1);
  });
});

describe('an operation whose traits throw', () => {
  const broken = (): never => {
    throw new Error('a bug of its adapter');
  };
  test.each<[string, object]>([
    ['ending', { ending: broken, fold: () => ({ add: () => {}, result: () => ({}) }) }],
    ['fold', { ending: () => 'answer', fold: broken }],
    ['what fold makes', { ending: () => 'answer', fold: () => ({ add: broken, result: broken }) }],
  ])('in %s is answered, and nothing is kept', async (where, traits) => {
    const provider = fakeProvider({
      operations: ['speech'],
      script: (call) => [
        accept(),
        call.stream
          ? emit({ type: 'audio-delta', data: Uint8Array.of(1) })
          : result({ audio: { type: 'bytes', data: Uint8Array.of(1), mediaType: 'audio/wav' } }),
      ],
    });
    const layer = cache({ scope: 'shared' });
    const client = createClient({
      providers: [provider],
      middleware: [
        // The client itself folds too: only the cache sees these traits.
        (call, next) => {
          const state = new State({ ...call.state.runtime, traits: () => traits as never });
          return layer({ ...call, state }, next);
        },
      ],
    });
    for (let i = 0; i < 2; i++) {
      const whole = await client.speech({ model: 'fake/m', text: 'x' });
      if (where === 'ending') expect(whole.meta.cache).toBe('miss');
      const stream = await client.speech.stream({ model: 'fake/m', text: 'x' });
      expect(stream.meta.cache).toBe('miss');
      for await (const event of stream) expect(event.type).toBe('audio-delta');
    }
  });
});

test.each(['off', 5, {}])('a cacheMode of %j is refused before anything is sent', async (mode) => {
  const { chat, provider } = cacheRig();
  const failing = chat({}, { state: (state) => state.set(cacheMode, mode as never) });
  expect(await errorOf(failing)).toMatchObject({ code: 'configuration', param: 'cacheMode' });
  expect(provider.attempts).toEqual([]);
});
