import { foldChat, type ChatEvent } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiChat } from '../src/index.js';
import { JsonTemplate } from '../src/json-template.js';
import { decodeStream, wireOf } from './decode-stream.js';

const chunk = (content: unknown, more: object = {}): string =>
  JSON.stringify({ id: 'a', choices: [{ index: 0, delta: { content, ...more } }], usage: null });

describe('A template', () => {
  it('reads any string that stands where the learnt one stood', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (first, second) => {
        const template = new JsonTemplate();
        expect(template.learn(chunk(first), 'content', first)).toBe(true);
        expect(template.read(chunk(second))).toBe(second);
      }),
    );
  });

  it('reads nothing where anything else differs', () => {
    const template = new JsonTemplate();
    expect(template.read(chunk('x'))).toBeUndefined();
    template.learn(chunk('x'), 'content', 'x');
    const others = [
      chunk(null),
      chunk(7),
      chunk({ x: 1 }),
      chunk(['"']),
      chunk('x', { role: 'assistant' }),
      chunk('x').replace('"a"', '"b"'),
      chunk('x').replace('null', '{}'),
      chunk('x').replace('null', 'true'),
      '{"id":"a","choices":[{"index":0,"delta":{"content":"x","y":"z"}}],"usage":null}',
      '{"id":"a","choices":[{"index":0,"delta":{"content":"}}],"usage":null}',
      '{"id":"a","choices":[{"index":0,"delta":{"content":"\\"}}],"usage":null}',
      '[DONE]',
      '',
    ];
    for (const other of others) expect(template.read(other)).toBeUndefined();
    expect(template.read(chunk('y'))).toBe('y');
  });

  it('learns nothing where the key is not certain, and keeps what it knew', () => {
    const template = new JsonTemplate();
    template.learn(chunk('x'), 'content', 'x');
    for (const data of [
      '{"content":"x","b":{"content":"x"}}',
      '{"type":"content"}',
      '{"content":1}',
    ]) {
      expect(template.learn(data, 'content', 'x')).toBe(false);
    }
    expect(template.read(chunk('y'))).toBe('y');
  });

  it('gives up where nothing ever fits', () => {
    const template = new JsonTemplate();
    for (let i = 0; i < 4; i++) {
      expect(template.learns).toBe(true);
      const data = `{"n":${i},"content":"x"}`;
      expect(template.read(data)).toBeUndefined();
      template.learn(data, 'content', 'x');
    }
    expect(template.learns).toBe(false);
  });

  it('looks past a later string that means nothing', () => {
    const padded = (content: string, noise: string): string =>
      JSON.stringify({ delta: { content }, obfuscation: noise });
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.stringMatching(/^\w*$/u), (first, second, noise) => {
        const template = new JsonTemplate('obfuscation');
        template.learn(padded(first, 'aB1'), 'content', first);
        expect(template.read(padded(second, noise))).toBe(second);
        const both = padded(second, '').replace('"obf', '"x":1,"obf');
        expect(template.read(both)).toBeUndefined();
      }),
    );
  });
});

describe('A stream whose chunks differ in their text alone', () => {
  /** Spaces before a brace keep any template from fitting, and mean nothing. */
  const uneven = (payloads: readonly object[]): string =>
    wireOf(
      payloads.map((one, index) => `{${' '.repeat(index + 1)}${JSON.stringify(one).slice(1)}`),
    );

  const text = fc.oneof(fc.string(), fc.constantFrom('"', '\\', '</think>', '<think>', ''));
  const delta = fc.oneof(
    text.map((content) => ({ content })),
    text.map((reasoning_content) => ({ reasoning_content })),
    text.map((reasoning) => ({ reasoning, content: null })),
    fc.record({ content: text, reasoning: text }),
    fc.record({ role: fc.constant('assistant'), content: text }),
    fc.record({ content: text, refusal: fc.constant('No') }),
    fc.constant({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }),
    fc.constant({ refusal: 'No' }),
    fc.constant({}),
  );
  const choice = fc.record(
    {
      index: fc.constantFrom(0, 0, 0, 1),
      delta,
      finish_reason: fc.constantFrom(null, null, null, 'stop'),
      logprobs: fc.constantFrom(null, null, { content: [{ token: 'a', logprob: -1 }] }),
    },
    { requiredKeys: ['index', 'delta'] },
  );
  const payload = fc.record(
    {
      id: fc.constant('c1'),
      choices: fc.array(choice, { minLength: 1, maxLength: 2 }),
      usage: fc.constantFrom(null, null, { prompt_tokens: 1 }, { prompt_tokens: 2 }),
      obfuscation: fc.stringMatching(/^\w{0,5}$/u),
    },
    { requiredKeys: ['id', 'choices'] },
  );
  type Payload = { choices: { delta: object }[] };
  /** The same to the letter but for the text. */
  const retold = <P extends Payload>(one: P, content: string): P => ({
    ...one,
    choices: one.choices.map((each, at) =>
      at === 0 && 'content' in each.delta ? { ...each, delta: { ...each.delta, content } } : each,
    ),
  });
  // Most real streams repeat one shape.
  const payloads = fc
    .array(fc.tuple(payload, fc.array(text, { maxLength: 4 })), { maxLength: 8 })
    .map((list) =>
      list.flatMap(([first, texts]) => [first, ...texts.map((content) => retold(first, content))]),
    );

  it('gives the events that parsing every chunk would give', () => {
    fc.assert(
      fc.property(payloads, fc.constantFrom(undefined, 'tags' as const), (list, thinkTags) => {
        const dialect = thinkTags === undefined ? {} : { thinkTags };
        const quick = decodeStream(openaiChat, wireOf(list), dialect);
        const slow = decodeStream(openaiChat, uneven(list), dialect);
        expect(quick).toEqual(slow);
      }),
      { numRuns: 500 },
    );
  });

  it('does not take reasoning for text where the one could not be learnt', () => {
    const one = (delta: object): object => ({ choices: [{ index: 0, delta }] });
    const twice = { reasoning: 'Hm', annotations: null, other: { reasoning: 1 } };
    const { events } = decodeStream(
      openaiChat,
      wireOf([one({ content: 'a' }), one({ content: 'b' }), one(twice), one({ content: 'c' })]),
    );
    const fold = foldChat();
    for (const event of events) fold.add(event);
    expect(fold.result().message.content).toEqual([
      { type: 'text', text: 'ab' },
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'c' },
    ]);
  });

  it('folds to all its text', () => {
    const words = Array.from({ length: 50 }, (_, index) => `"${index}\\ 😀`);
    const list = words.map((word) => ({
      id: 'c',
      choices: [{ index: 0, delta: { content: word } }],
    }));
    const { events } = decodeStream(openaiChat, wireOf([...list, '[DONE]']));
    const fold = foldChat();
    for (const event of events as ChatEvent[]) fold.add(event);
    expect(fold.result().message.content).toEqual([{ type: 'text', text: words.join('') }]);
  });
});
