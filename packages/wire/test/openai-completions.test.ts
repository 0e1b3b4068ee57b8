import {
  completeTraits,
  InferwayError,
  type CompleteChoice,
  type CompleteRequest,
  type CompleteResult,
} from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiCompletions } from '../src/index.js';
import { anyUsage, maybe, number, passthrough } from './openai-arbitraries.js';
import { decodeStream, sourceOf, wireOf } from './decode-stream.js';
import { framed, hasRecordings, readRecording } from './recordings.js';
import { refusal } from './refusal.js';
import { cutAt } from './split.js';

const AS = { id: 'cmpl-1', model: 'm', created: 1_700_000_000 };
const target = (stream = false): Parameters<typeof openaiCompletions.encodeRequest>[1] => ({
  model: 'm',
  stream,
  provider: 'p',
  warn: (warning) => {
    throw new Error(warning.message);
  },
});

const request: fc.Arbitrary<CompleteRequest> = maybe(
  { prompt: fc.string() },
  {
    suffix: fc.string(),
    maxOutputTokens: fc.nat(),
    temperature: number(0, 2),
    topP: number(0, 1),
    topK: fc.integer({ min: -1, max: 1000 }),
    minP: number(0, 1),
    frequencyPenalty: number(-2, 2),
    presencePenalty: number(-2, 2),
    repetitionPenalty: number(0, 10),
    seed: fc.maxSafeInteger(),
    stop: fc.array(fc.string(), { maxLength: 4 }),
    logprobs: fc.nat({ max: 5 }),
    choices: fc.integer({ min: 1, max: 128 }),
    echo: fc.boolean(),
    user: fc.string(),
    passthrough: passthrough('openai-completions'),
  },
);

const logprob = number(-100, 0);
const token = fc.tuple(
  fc.string(),
  fc.option(logprob),
  fc.dictionary(fc.string(), logprob),
  fc.nat(),
);
const choice: fc.Arbitrary<CompleteChoice> = maybe(
  {
    text: fc.string(),
    finishReason: fc.constantFrom(
      { unified: 'stop', raw: 'stop' } as const,
      { unified: 'length', raw: 'length' } as const,
      { unified: 'content-filter', raw: 'safety' } as const,
    ),
  },
  {
    logprobs: fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => ({
      tokens: tokens.map(([text]) => text),
      tokenLogprobs: tokens.map(([, value]) => value),
      topLogprobs: tokens.map(([, , top]) => top),
      textOffset: tokens.map(([, , , offset]) => offset),
    })),
  },
);
const result: fc.Arbitrary<CompleteResult> = fc
  .tuple(
    fc.record({
      id: fc.string({ minLength: 1 }),
      model: fc.string({ minLength: 1 }),
      created: fc.nat(),
    }),
    fc.option(passthrough('openai-completions'), { nil: undefined }),
    choice,
    fc.array(choice, { maxLength: 2 }),
  )
  .map(([head, passed, first, alternatives]) => ({
    ...head,
    ...first,
    ...(passed === undefined ? {} : { passthrough: passed }),
    ...(alternatives.length === 0 ? {} : { alternatives }),
  }));

describe('Completions', () => {
  it('decode the request that they encoded', () => {
    fc.assert(
      fc.property(request, fc.boolean(), (whole, stream) => {
        const body: unknown = JSON.parse(
          JSON.stringify(openaiCompletions.encodeRequest(whole, target(stream))),
        );
        const decoded = openaiCompletions.decodeRequest(body);
        expect(decoded).toEqual({
          model: 'm',
          stream,
          request: whole,
          as: stream ? { includeUsage: true } : {},
        });
      }),
    );
  });

  it('decode the answer that they encoded, whole and streamed in any bytes', () => {
    fc.assert(
      fc.property(result, anyUsage, fc.infiniteStream(fc.nat(40)), (whole, usage, sizes) => {
        const body: unknown = JSON.parse(
          JSON.stringify(openaiCompletions.encodeResponse({ result: whole, usage }, AS)),
        );
        const decoded = openaiCompletions.decodeResponse(body, sourceOf([]));
        expect(decoded.result).toEqual(whole);
        expect({ ...decoded.usage, raw: undefined }).toEqual({ ...usage, raw: undefined });

        const encoder = openaiCompletions.streamEncoder({ ...AS, includeUsage: true });
        const events = completeTraits.unfold?.(whole, usage) ?? [];
        const wire = events.map((event) => encoder.encode([event])).join('');
        const read = decodeStream(openaiCompletions, cutAt(new TextEncoder().encode(wire), sizes));
        expect(read.error).toBeUndefined();
        const fold = completeTraits.fold?.();
        for (const event of read.events) fold?.add(event);
        expect(fold?.result()).toEqual(whole);
        expect({ ...read.usage, raw: undefined }).toEqual({ ...usage, raw: undefined });
      }),
    );
  });

  it('take one prompt, also in a list, and say why not several or tokens', () => {
    const prompt = (value: unknown): unknown =>
      openaiCompletions.decodeRequest({ model: 'm', prompt: value }).request.prompt;
    expect(prompt('a')).toBe('a');
    expect(prompt(['a'])).toBe('a');
    for (const value of [['a', 'b'], [1, 2], [[1]], [], undefined, 7, [null]]) {
      expect(refusal(() => prompt(value)).param).toMatch(/^prompt/u);
    }
  });

  it('drop what the dialect does not take, with a warning', () => {
    const warnings: unknown[] = [];
    const body = openaiCompletions.encodeRequest(
      { prompt: 'a', suffix: 'b', topK: 3, passthrough: { format: 'other', fields: { x: 1 } } },
      {
        ...target(true),
        dialect: { unsupported: ['suffix'], streamUsage: false },
        warn: (warning) => warnings.push(warning),
      },
    );
    expect(body).toEqual({ model: 'm', prompt: 'a', top_k: 3, stream: true });
    expect(warnings).toMatchObject([
      { type: 'unsupported', setting: 'suffix' },
      { type: 'unsupported', setting: 'x' },
    ]);
  });

  it('end a stream as chat does: complete, cut, empty or failed', () => {
    const text = { choices: [{ index: 0, text: 'a', finish_reason: null }] };
    const stop = { choices: [{ index: 0, text: '', finish_reason: 'stop' }] };
    const code = (payloads: (string | object)[]): string | undefined =>
      (decodeStream(openaiCompletions, wireOf(payloads)).error as InferwayError | undefined)?.code;
    expect(code([text, stop, '[DONE]'])).toBeUndefined();
    expect(code([text, stop])).toBeUndefined();
    expect(code([text, '[DONE]'])).toBeUndefined();
    expect(code([text])).toBe('stream_interrupted');
    expect(code([])).toBe('empty_response');
    expect(code(['[DONE]'])).toBe('empty_response');
    expect(code([text, { error: { message: 'x' } }])).toBe('server');
    expect(code([text, '{"choices"'])).toBe('protocol');
  });

  it('write a failure after the beginning, and an error body', () => {
    const error = new InferwayError('rate_limit', { message: 'Slow down.' });
    const encoder = openaiCompletions.streamEncoder(AS);
    expect(encoder.fail(error, undefined)).toBe(
      'data: {"error":{"message":"Slow down.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}\n\n',
    );
    expect(openaiCompletions.encodeError(error, 'r1')).toMatchObject({ request_id: 'r1' });
  });

  it.skipIf(!hasRecordings)('read recorded answers', () => {
    const folder = 'ai-sdk/openai/completion/openai-completion-text';
    const lines = readRecording(`${folder}.chunks.txt`);
    const { events, usage, error } = decodeStream(
      openaiCompletions,
      `${framed(lines)}data: [DONE]\n\n`,
    );
    expect(error).toBeUndefined();
    expect(usage).toMatchObject({ inputTokens: 14, outputTokens: 16 });
    expect(events.at(-2)).toMatchObject({ type: 'finish', finishReason: { unified: 'length' } });
    const whole = openaiCompletions.decodeResponse(
      JSON.parse(readRecording(`${folder}.json`)),
      sourceOf([]),
    );
    expect(whole.result.text).toMatch(/^The new holiday/u);
    expect(whole.usage).toMatchObject({ inputTokens: 14, outputTokens: 16 });
  });
});
