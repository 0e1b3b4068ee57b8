import type { ChatInput, ChatResult } from '@inferway/core';
import { fallback, retry } from '@inferway/core/middleware';
import { accept, emit, fail, say, type Script, type Step } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { broken, CONTINUE, messages, RESTART, setUp, textOf, typesOf } from './resume-rig.js';

describe('restart', () => {
  test('takes back what came and delivers another attempt from its beginning, visibly', async () => {
    const { read, told, open, clock, requests } = setUp(
      { a: (_call, n) => (n === 1 ? broken('lost words', 1) : say('the answer')) },
      RESTART,
    );
    const { reply, events, error } = await read();
    expect(error).toBeUndefined();
    expect(typesOf(events)).toEqual([
      'start',
      'part-start',
      'text-delta',
      'resumed',
      'start',
      'part-start',
      'text-delta',
      'text-delta',
      'part-end',
      'finish',
      'end',
    ]);
    expect(events[3]).toEqual({
      type: 'resumed',
      mode: 'restart',
      error: 'connection',
      provider: 'a',
      model: 'x',
    });
    const result = (await reply.result) as ChatResult;
    expect(result.message.content).toEqual([{ type: 'text', text: 'the answer' }]);
    expect(requests()[1]).toEqual(requests()[0]);
    expect(told).toMatchObject([
      { type: 'resume', mode: 'restart', error: 'connection', target: 'a/x', time: 1 },
    ]);
    expect([open(), clock.timers]).toEqual([0, 0]);
  });

  test('the rest of the chain chooses who goes on', async () => {
    const { read } = setUp(
      { a: (_call, n) => (n === 1 ? broken('lost words', 1) : [fail('overloaded')]), b: say('b') },
      RESTART,
      [fallback('b/y'), retry({ attempts: 1 })],
    );
    const { events, reply } = await read();
    expect(events.find(({ type }) => type === 'resumed')).toMatchObject({
      provider: 'b',
      model: 'y',
    });
    expect((await reply.result).text).toBe('b');
    expect(reply.meta.attempts).toHaveLength(3);
  });

  test('the text alone, awaited, is that of the last attempt; iterated, it fails rather than come twice', async () => {
    const script: Script = (_call, n) => (n % 2 === 1 ? broken('lost words', 1) : say('whole'));
    const awaited = setUp({ a: script }, RESTART);
    const text = awaited.stream().then((reply) => reply.text);
    await awaited.clock.advance(10);
    expect(await text).toBe('whole');
    const iterated = setUp({ a: script }, RESTART);
    const pieces: string[] = [];
    const failed = errorOf(
      (async () => {
        for await (const piece of (await iterated.stream()).text) pieces.push(piece);
      })(),
    );
    await iterated.clock.advance(10);
    expect((await failed).code).toBe('stream_interrupted');
    expect(pieces).toEqual(['lost ']);
    expect(iterated.open()).toBe(0);
  });
});

describe('continue', () => {
  test('gives the partial answer as the assistant’s last message, and appends what comes', async () => {
    const { read, requests, told } = setUp(
      { a: (_call, n) => (n === 1 ? broken('one two three', 2) : say('three four')) },
      CONTINUE,
    );
    const { reply, events } = await read({ maxOutputTokens: 100 });
    expect(textOf(events)).toBe('one two three four');
    expect(typesOf(events)).toEqual([
      'start',
      'part-start',
      'text-delta',
      'text-delta',
      'resumed',
      'text-delta',
      'text-delta',
      'part-end',
      'finish',
      'end',
    ]);
    expect(events.flatMap((event) => ('index' in event ? event.index : []))).toEqual(
      Array(6).fill(0),
    );
    const { message, finishReason } = (await reply.result) as ChatResult;
    expect(message.content).toEqual([{ type: 'text', text: 'one two three four' }]);
    expect(finishReason.unified).toBe('stop');
    expect(requests()[1]).toEqual({
      messages: [...messages, { role: 'assistant', content: 'one two' }],
      maxOutputTokens: 98,
    });
    expect(told).toMatchObject([{ type: 'resume', mode: 'continue' }]);
  });

  test.each([
    ['one two ', ' three', 'one two three'],
    ['one two ', 'three', 'one two three'],
    ['one\n\n', '\n\ntwo', 'one\n\ntwo'],
    ['one\n', '  two', 'one\n  two'],
    ['wor', 'ld', 'world'],
  ])(
    '%j and %j make %j: space that the model was not shown never comes twice',
    async (a, b, whole) => {
      const deltas = (text: string): readonly Step[] => [
        accept(),
        emit({ type: 'start' }, { type: 'part-start', index: 0, part: { type: 'text', text: '' } }),
        ...[...text].map((character) => emit({ type: 'text-delta', index: 0, text: character })),
      ];
      const { read } = setUp(
        {
          a: (_call, n) =>
            n === 1 ? [...deltas(a), fail('connection')] : [...deltas(b), ...say('').slice(3)],
        },
        CONTINUE,
      );
      expect(textOf((await read()).events)).toBe(whole);
    },
  );

  test('where another model goes on that would answer the partial answer, it begins anew', async () => {
    const { read, requests } = setUp(
      {
        a: (_call, n) => (n === 1 ? broken('one two', 1) : [fail('overloaded')]),
        c: say('all of it'),
      },
      CONTINUE,
      [fallback('c/z')],
    );
    const { reply, events } = await read({ maxOutputTokens: 50 });
    expect(events.find(({ type }) => type === 'resumed')).toMatchObject({
      mode: 'restart',
      provider: 'c',
    });
    expect((await reply.result).text).toBe('all of it');
    expect(requests().map((request) => [request.messages.length, request.maxOutputTokens])).toEqual(
      [
        [1, 50],
        [2, 49],
        [1, 50],
      ],
    );
  });

  test('tells a provider what it must be told to go on', async () => {
    const options = { continue_final_message: true, add_generation_prompt: false };
    const { read, requests } = setUp(
      { a: (_call, n) => (n === 1 ? broken('one two', 1) : say('two')) },
      { ...CONTINUE, prefill: [{ model: 'a/*', options }] },
    );
    const { events } = await read({ providerOptions: { a: { top: 1 } } });
    expect(textOf(events)).toBe('one two');
    expect(requests()[0]).toMatchObject({ providerOptions: { a: { top: 1 } } });
    expect(requests()[1]).toMatchObject({ providerOptions: { a: { top: 1, ...options } } });
  });

  test.each<[string, Partial<ChatInput>]>([
    ['the answer is to be JSON', { output: 'json' }],
    ['several answers are asked for', { choices: 2 }],
    ['the model thinks', { reasoning: 'low' }],
    [
      'the caller began the answer',
      { messages: [...messages, { role: 'assistant', content: 'Once' }] },
    ],
  ])('begins anew where %s', async (_what, more) => {
    const { read, requests } = setUp(
      { a: (_call, n) => (n === 1 ? broken('{ "a" }', 1) : say('{}')) },
      CONTINUE,
    );
    const { events } = await read(more);
    expect(events.find(({ type }) => type === 'resumed')).toMatchObject({ mode: 'restart' });
    expect(requests()[1]).toEqual(requests()[0]);
  });

  test('begins anew after reasoning, and where an adapter says that it left the partial answer out', async () => {
    const thought = [
      accept(),
      emit({ type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } }),
      emit({ type: 'reasoning-delta', index: 0, text: 'hm' }),
      emit({ type: 'part-end', index: 0 }),
      emit({ type: 'part-start', index: 1, part: { type: 'text', text: '' } }),
      emit({ type: 'text-delta', index: 1, text: 'so' }),
      fail('connection'),
    ];
    const warnings = [{ type: 'unsupported', setting: 'messages', message: 'Left out.' }] as const;
    for (const scripts of [
      [thought, say('anew')],
      [broken('one two', 1), [accept({ warnings }), ...say('anew').slice(1)]],
    ] as const) {
      const { read } = setUp({ a: (_call, n) => scripts[n - 1] ?? [] }, CONTINUE);
      const { reply, events } = await read();
      expect(events.find(({ type }) => type === 'resumed')).toMatchObject({ mode: 'restart' });
      expect((await reply.result).text).toBe('anew');
    }
  });
});
