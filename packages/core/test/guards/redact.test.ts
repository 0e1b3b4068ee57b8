import { createClient, foldChat, type ChatEvent, type ChatResult } from '@inferway/core';
import {
  caps,
  declaredTools,
  guard,
  type GuardHook,
  outputSchema,
  pii,
  redact,
  secrets,
  words,
} from '@inferway/core/guards';
import { emit, fakeProvider, say, type Script } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { redactText } from '../../src/guards/redactor.js';
import { textFilter } from '../../src/guards/text-filter.js';
import { errorOf } from '../helpers.js';
import { chatSent } from './chat-sent.js';

const KEY = `sk-${'a1B2'.repeat(10)}`;
const MAIL = 'jane@example.com';
const detectors = [secrets(), pii()];

function setUp(script: Script, ...hooks: readonly GuardHook[]) {
  const provider = fakeProvider({ name: 'a', script });
  return {
    provider,
    client: createClient({ providers: [provider], middleware: [guard(...hooks)] }),
  };
}

const ask = (content: string) => ({ model: 'a/x', messages: [{ role: 'user', content }] }) as const;

describe('redact', () => {
  test('takes secrets out of every text of a request, and leaves media, ids and what is sealed alone', async () => {
    const { client, provider } = setUp(say('ok'), redact({ detectors }));
    await client.chat({
      model: 'a/x',
      messages: [
        { role: 'system', content: `The key is ${KEY}.` },
        {
          role: 'user',
          content: [
            { type: 'text', text: `Write to ${MAIL}`, opaque: { format: 'f', value: MAIL } },
            { type: 'image', image: { type: 'base64', data: KEY, mediaType: 'image/png' } },
          ],
        },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: KEY, name: 'mail', arguments: `{"to":"${MAIL}"}` }],
        },
        { role: 'tool', content: [{ type: 'tool-result', id: KEY, content: `sent to ${MAIL}` }] },
      ],
      user: MAIL,
    });
    expect(chatSent(provider)).toEqual({
      messages: [
        { role: 'system', content: 'The key is [SECRET].' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Write to [EMAIL]' },
            { type: 'image', image: { type: 'base64', data: KEY, mediaType: 'image/png' } },
          ],
        },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: KEY, name: 'mail', arguments: '{"to":"[EMAIL]"}' }],
        },
        { role: 'tool', content: [{ type: 'tool-result', id: KEY, content: 'sent to [EMAIL]' }] },
      ],
      user: '[EMAIL]',
    });
  });

  test('a request without any stays the same object', async () => {
    const { client, provider } = setUp(say('ok'), redact({ detectors }));
    const messages = [{ role: 'user', content: 'nothing here' }] as const;
    await client.chat({ model: 'a/x', messages });
    expect(chatSent(provider).messages).toBe(messages);
  });

  const leaking: Script = [
    emit({ type: 'start' }, { type: 'part-start', index: 0, part: { type: 'text', text: '' } }),
    ...[
      'My key is s',
      'k-a1B2a1B2',
      'a1B2a1B2a1B2a1B2a1B2',
      ' and ',
      'jane@exam',
      'ple.com',
      '!',
    ].map((text) => emit({ type: 'text-delta', index: 0, text })),
    emit(
      { type: 'part-end', index: 0 },
      { type: 'finish', finishReason: { unified: 'stop' } },
      { type: 'end' },
    ),
  ];

  test('takes them out of answers, however a stream is cut', async () => {
    const { client } = setUp(leaking, redact({ detectors }));
    expect((await client.chat(ask('x'))).text).toBe('My key is [SECRET] and [EMAIL]!');
    const seen: string[] = [];
    for await (const piece of (await client.chat.stream(ask('x'))).text) seen.push(piece);
    expect(seen.join('')).toBe('My key is [SECRET] and [EMAIL]!');
    // It streams still.
    expect(seen[0]).toBe('My key is ');
  });

  test('puts back what it took out of the request where the answer names it, in JSON as JSON', async () => {
    const odd = '"Jane"';
    const script: Script = [
      emit({ type: 'start' }, { type: 'part-start', index: 0, part: { type: 'text', text: '' } }),
      emit({ type: 'text-delta', index: 0, text: 'I wrote to [EMA' }),
      emit({ type: 'text-delta', index: 0, text: 'IL_1] and [EMAIL_2], not to bob@example.com' }),
      emit({ type: 'part-end', index: 0 }),
      emit({
        type: 'part-start',
        index: 1,
        part: { type: 'tool-call', id: 't', name: 'mail', arguments: '' },
      }),
      emit({ type: 'tool-call-delta', index: 1, arguments: '{"to":"[NAME' }),
      emit({ type: 'tool-call-delta', index: 1, arguments: '_1]"}' }),
      emit(
        { type: 'part-end', index: 1 },
        { type: 'finish', finishReason: { unified: 'tool-calls' } },
        { type: 'end' },
      ),
    ];
    const hook = redact({ detectors: [...detectors, words([odd], 'NAME')], restore: true });
    const { client, provider } = setUp(script, hook);
    const request = ask(`Mail ${MAIL} and ${MAIL}, from ${odd} .`);
    const answers = [await client.chat(request), await (await client.chat.stream(request)).result];
    for (const answer of answers) {
      expect(answer.text).toBe(`I wrote to ${MAIL} and [EMAIL_2], not to [EMAIL]`);
      expect(JSON.parse(answer.toolCalls[0]?.arguments ?? '')).toEqual({ to: odd });
    }
    expect(chatSent(provider).messages[0]?.content).toBe(
      'Mail [EMAIL_1] and [EMAIL_1], from [NAME_1] .',
    );
  });

  test('one call never gets what another one hid', async () => {
    const { client } = setUp(say('It is [EMAIL_1].'), redact({ detectors, restore: true }));
    const [mine, other] = await Promise.all([client.chat(ask(MAIL)), client.chat(ask('nothing'))]);
    expect(mine.text).toBe(`It is ${MAIL}.`);
    expect(other.text).toBe('It is [EMAIL_1].');
  });

  test.each([
    ['detectors', { detectors: [] }],
    ['in', { detectors, in: 'nowhere' as never }],
    ['restore', { detectors, in: 'answers' as const, restore: true }],
  ])('refuses a bad %s', (param, options) => {
    expect(() => redact(options)).toThrow(
      expect.objectContaining({ code: 'configuration', param }),
    );
  });

  test('refuses kinds and words that are none', () => {
    expect(() => pii(['name' as never])).toThrow(expect.objectContaining({ param: 'kinds' }));
    expect(() => words([])).toThrow(expect.objectContaining({ param: 'list' }));
    expect(() => words(['a', ' '])).toThrow(expect.objectContaining({ param: 'list' }));
  });

  const texts = fc
    .array(fc.constantFrom(KEY, MAIL, ' ', 'hello', ', ', '4111 1111 1111 1111', '😀', '\n'), {
      maxLength: 8,
    })
    .map((pieces) => pieces.join(''));

  test('a stream of any parts and choices, cut anywhere, folds to what its folded answer is redacted to', () => {
    const flat = detectors.flat();
    const replace = (_found: string, { kind }: { kind: string }): string => `[${kind}]`;
    const part = fc.record({
      choice: fc.constantFrom(0, 1),
      text: texts,
      cuts: fc.array(fc.nat(60), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (parts, order) => {
          const queues = parts.map(({ choice, text, cuts }, index) =>
            eventsOfPart(index, choice, text, cuts),
          );
          const events: ChatEvent[] = [];
          for (const pick of order) {
            const event = queues[pick % Math.max(1, queues.length)]?.shift();
            if (event !== undefined) events.push(event);
          }
          events.push(...queues.flat(), { type: 'end' });
          const plain = folded(events);
          const filter = textFilter(() => [flat, replace]);
          const through = folded([
            ...filter.batch(events),
            ...(filter.flush?.() ?? []),
          ] as ChatEvent[]);
          const texts = (result: ChatResult) =>
            [result, ...(result.alternatives ?? [])].map(({ message }) => message.content);
          expect(texts(through)).toEqual(
            texts(plain).map((content) =>
              content.map((one) =>
                one.type === 'text' ? { ...one, text: redactText(one.text, flat, replace) } : one,
              ),
            ),
          );
        },
      ),
    );
  });
});

function folded(events: readonly ChatEvent[]): ChatResult {
  const fold = foldChat();
  for (const event of events) fold.add(event);
  return fold.result();
}

function eventsOfPart(
  index: number,
  choice: number,
  text: string,
  cuts: readonly number[],
): ChatEvent[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  const deltas = [0, ...places].map((from, at) => text.slice(from, [...places, text.length][at]));
  const where = { index, ...(choice === 0 ? {} : { choice }) };
  return [
    { type: 'part-start', ...where, part: { type: 'text', text: '' } },
    ...deltas
      .filter((delta) => delta !== '')
      .map((delta) => ({ type: 'text-delta' as const, ...where, text: delta })),
    { type: 'part-end', ...where },
  ];
}

describe('caps', () => {
  test.each([
    ['inputCharacters', 10, ask('x'.repeat(11))],
    ['inputTokens', 10, ask('word '.repeat(100))],
    [
      'messages',
      1,
      {
        model: 'a/x',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: 'b' },
        ],
      },
    ],
    ['choices', 1, { ...ask('x'), choices: 2 }],
  ] as const)('%s refuses what is larger before it is sent', async (cap, most, request) => {
    const { client, provider } = setUp(say('ok'), caps({ [cap]: most }));
    const error = await errorOf(client.chat(request));
    expect(error).toMatchObject({ code: 'too_large', param: cap, sent: 'no' });
    expect(provider.attempts).toHaveLength(0);
    await client.chat(ask('x'));
  });

  test('outputTokens lowers what is asked for and sets what is not', async () => {
    const { client, provider } = setUp(say('ok'), caps({ outputTokens: 100 }));
    for (const maxOutputTokens of [undefined, 50, 100, 101])
      await client.chat({ ...ask('x'), maxOutputTokens });
    expect(
      provider.attempts.map((_made, index) => chatSent(provider, index).maxOutputTokens),
    ).toEqual([100, 50, 100, 100]);
  });

  test('outputCharacters denies a long answer and cuts off a long stream', async () => {
    const { client } = setUp(say('one two three four five'), caps({ outputCharacters: 12 }));
    expect((await errorOf(client.chat(ask('x')))).code).toBe('too_large');
    const stream = await client.chat.stream(ask('x'));
    let text = '';
    const error = await errorOf(
      (async () => {
        for await (const piece of stream.text) text += piece;
      })(),
    );
    expect(error.code).toBe('too_large');
    expect('one two three four five'.startsWith(text)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(12);
  });

  test.each([{}, { messages: 0 }, { outputTokens: -1 }, { inputTokens: Number.NaN }])(
    'refuses %j',
    (options) => {
      expect(() => caps(options)).toThrow(expect.objectContaining({ code: 'configuration' }));
    },
  );
});

describe('outputSchema', () => {
  const schema = z.object({ age: z.number() });
  const repaired: Script = (_call, attempt) => say(attempt === 1 ? '{"age":"five"}' : '{"age":5}');

  test('asks again, naming what does not fit', async () => {
    const { client, provider } = setUp(repaired, outputSchema(schema));
    expect((await client.chat(ask('x'))).text).toBe('{"age":5}');
    const told = chatSent(provider, 1).messages.at(-1)?.content;
    expect(told).toContain('- age:');
    expect(told).not.toContain('five');
  });

  test.each(['no json', '{"age":', '{"age":null}'])(
    'gives up on %s after the asks are used',
    async (text) => {
      const { client, provider } = setUp(say(text), outputSchema(schema));
      const error = await errorOf(client.chat(ask('x')));
      expect(error.code).toBe('content_filter');
      expect(provider.attempts).toHaveLength(2);
    },
  );

  test('leaves an answer alone that stopped for another reason', async () => {
    const { client } = setUp(say('{"age":', { finishReason: 'length' }), outputSchema(schema));
    expect((await client.chat(ask('x'))).text).toBe('{"age":');
  });

  test('refuses what is no schema', () => {
    expect(() => outputSchema({} as never)).toThrow(expect.objectContaining({ param: 'schema' }));
  });
});

describe('declaredTools', () => {
  const calling = (name: string, args: string): Script => [
    emit(
      { type: 'start' },
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: 't', name, arguments: args } },
      { type: 'part-end', index: 0 },
      { type: 'finish', finishReason: { unified: 'tool-calls' } },
      { type: 'end' },
    ),
  ];
  const tools = [{ name: 'add', parameters: { type: 'object' } }];

  test.each([
    ['add', '{"a":1}', true],
    ['add', '', true],
    ['add', '[1]', false],
    ['add', '{"a":', false],
    ['rm', '{}', false],
    ['__proto__', '{}', false],
  ])('%s(%s) passes: %s', async (name, args, passes) => {
    const { client } = setUp(calling(name, args), declaredTools());
    const asked = client.chat({ ...ask('x'), tools });
    if (passes) expect((await asked).toolCalls[0]?.name).toBe(name);
    else expect((await errorOf(asked)).code).toBe('content_filter');
  });
});
