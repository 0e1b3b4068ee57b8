import type { ChatEvent, ChatRequest, FunctionTool, Message } from '@inferway/core';
import { foldChat } from '@inferway/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatAnswer } from '../src/answer/chat-answer.js';
import { chatGeneration } from '../src/answer/chat-generation.js';
import { countTokens } from '../src/index.js';
import { SeededRandom } from '../src/seeded-random.js';

const TRAITS = {
  reasons: false,
  reasoning: 'shown' as const,
  maxOutputTokens: 4000,
  callPrefix: 'call_',
};

const answerOf = (
  request: ChatRequest,
  seed = 1,
  traits: Partial<Omit<typeof TRAITS, 'reasoning'>> & { reasoning?: 'shown' | 'hidden' } = {},
): ReturnType<typeof chatAnswer> =>
  chatAnswer(request, { ...TRAITS, ...traits }, new SeededRandom(seed));

const user = (content: string): Message => ({ role: 'user', content });
const textOf = (request: ChatRequest, seed?: number): string =>
  answerOf(request, seed)
    .choices[0].parts.filter((part) => part.type === 'text')
    .map((part) => part.tokens.join(''))
    .join('');

const tool = (name: string): FunctionTool => ({
  name,
  parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
});

const callNames = (request: ChatRequest): string[] =>
  answerOf(request).choices[0].parts.flatMap((part) =>
    part.type === 'tool-call' ? [part.name] : [],
  );

describe('the simulated model', () => {
  it('gives the same answer for the same request and seed, another one for another', () => {
    const request = { messages: [user('Hello there')] };
    expect(answerOf(request, 5)).toEqual(answerOf(request, 5));
    expect(textOf(request, 5)).not.toBe(textOf(request, 6));
  });

  it.each([
    ['Write 17 words about rain.', 'words', 17],
    ['A 300-word essay, please.', 'words', 300],
    ['Summarise this in two short sentences.', 'sentences', 2],
    ['Answer in a single sentence.', 'sentences', 1],
    ['Write three paragraphs.', 'paragraphs', 3],
    ['Give me 100 tokens.', 'tokens', 100],
  ])('keeps to the length asked for: %s', (prompt, unit, count) => {
    const text = textOf({ messages: [user(prompt)] });
    const counted = {
      words: text.split(/\s+/).length,
      sentences: text.match(/[.!?](?:\s|$)/g)?.length,
      paragraphs: text.split('\n\n').length,
      tokens: countTokens(text),
    };
    expect(counted[unit as keyof typeof counted]).toBe(count);
  });

  it('repeats what marks a prompt, from all of its messages', () => {
    const text = textOf({
      messages: [
        { role: 'system', content: 'Tenant acme-4711.' },
        user('What is new? Ref order_99x.'),
      ],
    });
    expect(text).toContain('acme-4711');
    expect(text).toContain('order_99x');
    expect(text).toContain('What is new');
  });

  it('never gives more tokens than allowed, reasoning and calls included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        fc.boolean(),
        (limit, calls, thinks) => {
          const answer = answerOf({
            messages: [user('Write 80 words, use both tools in parallel.')],
            maxOutputTokens: limit,
            ...(calls ? { tools: [tool('one'), tool('two')] } : {}),
            ...(thinks ? { reasoning: { effort: 'high' } } : {}),
          });
          expect(answer.outputTokens).toBeLessThanOrEqual(limit);
          const cut = answer.choices[0].finishReason.unified === 'length';
          // A call whose name does not fit any more is not begun: "one" and "two" are a token each.
          expect(answer.outputTokens >= limit - (calls ? 1 : 0) || !cut).toBe(true);
        },
      ),
    );
  });

  it('never gives more tokens than the model has', () => {
    const request = { messages: [user('Write 900 words.')], maxOutputTokens: 800 };
    const answer = answerOf(request, 1, { maxOutputTokens: 100 });
    expect(answer.outputTokens).toBe(100);
    expect(answer.choices[0].finishReason.unified).toBe('length');
  });

  it('stops before a stop sequence and never shows it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('the', ' a', '.', 'harbour', 'zzz'), {
          minLength: 1,
          maxLength: 3,
        }),
        (stop) => {
          const whole = textOf({ messages: [user('Write 60 words.')] });
          const text = textOf({ messages: [user('Write 60 words.')], stop });
          for (const sequence of stop) expect(text).not.toContain(sequence);
          expect(whole.startsWith(text)).toBe(true);
        },
      ),
    );
  });

  it('follows the choice of tools', () => {
    const tools = [tool('get_weather'), tool('get_time')];
    const ask = (prompt: string, more: Partial<ChatRequest> = {}): string[] =>
      callNames({ messages: [user(prompt)], tools, ...more });
    expect(ask('Hello')).toEqual([]);
    expect(ask('Please use a tool.')).toEqual(['get_weather']);
    expect(ask('What is the weather in Oslo?')).toEqual(['get_weather']);
    expect(ask('Call get_time now.')).toEqual(['get_time']);
    expect(ask('Hello', { toolChoice: 'required' })).toEqual(['get_weather']);
    expect(ask('Hello', { toolChoice: { name: 'get_time' } })).toEqual(['get_time']);
    expect(ask('Please use a tool.', { toolChoice: 'none' })).toEqual([]);
    expect(ask('Use both tools in parallel.')).toEqual(['get_weather', 'get_time']);
    expect(ask('Make 4 parallel calls of get_time.')).toEqual(
      Array.from({ length: 4 }, () => 'get_time'),
    );
    expect(ask('Use both tools in parallel.', { parallelToolCalls: false })).toEqual([
      'get_weather',
    ]);
    expect(() => ask('Hello', { toolChoice: { name: 'nothing' } })).toThrow(/"nothing"/);
  });

  it('answers in prose once the results of its tools are there', () => {
    const request: ChatRequest = {
      messages: [
        user('Use a tool.'),
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: '1', name: 'look', arguments: '{}' }],
        },
        { role: 'tool', content: [{ type: 'tool-result', id: '1', content: 'forty-two degrees' }] },
      ],
      tools: [tool('look')],
    };
    expect(callNames(request)).toEqual([]);
    expect(textOf(request)).toContain('forty-two degrees');
  });

  it('thinks as hard as asked, and not at all where told so', () => {
    const thought = (effort: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'max'): number =>
      answerOf({ messages: [user('Hi')], reasoning: { effort } }, 1, { reasons: true })
        .reasoningTokens;
    expect(thought('none')).toBe(0);
    expect(thought('minimal')).toBeGreaterThan(0);
    expect(thought('low')).toBeGreaterThan(thought('minimal') - 1);
    expect(thought('high')).toBeGreaterThan(thought('low'));
    expect(thought('max')).toBeGreaterThan(thought('high'));
    expect(answerOf({ messages: [user('Hi')] }).reasoningTokens).toBe(0);
    expect(
      answerOf({ messages: [user('Hi')] }, 1, { reasons: true }).reasoningTokens,
    ).toBeGreaterThan(0);
    expect(answerOf({ messages: [user('Hi')], reasoning: { maxTokens: 5 } }).reasoningTokens).toBe(
      5,
    );
  });

  it('writes JSON that fits a schema as its text', () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer', minimum: 3 } },
      required: ['n'],
      additionalProperties: false,
    };
    const ajv = new Ajv2020();
    for (let seed = 1; seed < 30; seed++) {
      const text = textOf(
        { messages: [user('JSON')], output: { type: 'json-schema', schema } },
        seed,
      );
      expect(ajv.validate(schema, JSON.parse(text))).toBe(true);
    }
  });
});

describe('the telling of an answer', () => {
  const requests = fc.record<ChatRequest>(
    {
      messages: fc
        .constantFrom(
          'Hello',
          'Write 40 words.',
          'Use both tools in parallel.',
          'Write 12 sentences.',
        )
        .map((text) => [user(text)]),
      tools: fc.constant([tool('one'), tool('two')]),
      choices: fc.integer({ min: 1, max: 4 }),
      logprobs: fc.integer({ min: 0, max: 3 }),
      maxOutputTokens: fc.integer({ min: 1, max: 100 }),
      reasoning: fc.constantFrom({ effort: 'low' as const }, { effort: 'high' as const }),
      stop: fc.constantFrom(['the'], ['.', 'zzz']),
    },
    { requiredKeys: ['messages'] },
  );

  it('is the same answer and token count however many tokens a chunk has', () => {
    fc.assert(
      fc.property(
        requests,
        fc.integer({ min: 1, max: 50 }),
        fc.integer(),
        fc.constantFrom('shown', 'hidden'),
        (request, size, seed, reasoning) => {
          const answer = answerOf(request, seed, { reasoning });
          const generation = chatGeneration(answer, { logprobs: request.logprobs, seed });
          const steps = generation.steps(size, {});
          const fold = foldChat();
          for (const step of steps) for (const event of step.events) fold.add(event);
          expect(fold.result()).toEqual(generation.result());
          expect(steps.reduce((sum, step) => sum + step.tokens, 0)).toBe(generation.outputTokens);
          expect(
            steps
              .filter((step) => step.kind === 'thought')
              .reduce((sum, step) => sum + step.tokens, 0),
          ).toBe(generation.reasoningTokens);
        },
      ),
    );
  });

  it('opens and closes every part in order and ends once', () => {
    fc.assert(
      fc.property(requests, fc.integer(), (request, seed) => {
        const generation = chatGeneration(answerOf(request, seed), { seed });
        const events: ChatEvent[] = generation.steps(3, {}).flatMap((step) => [...step.events]);
        expect(events[0]?.type).toBe('start');
        expect(events.at(-1)?.type).toBe('end');
        expect(events.filter((event) => event.type === 'end')).toHaveLength(1);
        for (let choice = 0; choice < (request.choices ?? 1); choice++) {
          const own = events.filter(
            (event) =>
              event.type !== 'start' &&
              event.type !== 'end' &&
              event.type !== 'resumed' &&
              (event.choice ?? 0) === choice,
          );
          expect(own.at(-1)?.type).toBe('finish');
          let open: number | undefined;
          let last = -1;
          for (const event of own.slice(0, -1)) {
            if (!('index' in event)) continue;
            if (event.type === 'part-start') {
              expect(open).toBeUndefined();
              expect(event.index).toBe(last + 1);
              open = event.index;
            } else expect(event.index).toBe(open);
            if (event.type === 'part-end') {
              last = event.index;
              open = undefined;
            }
          }
          expect(open).toBeUndefined();
        }
      }),
    );
  });
});
