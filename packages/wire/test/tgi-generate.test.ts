import {
  completeTraits,
  type CompleteRequest,
  type CompleteResult,
  type InferwayError,
  type Warning,
} from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseDecoder, tgiGenerate } from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import { jsonObject, maybe, number, passthrough } from './openai-arbitraries.js';
import { refusal } from './refusal.js';
import { cutAt } from './split.js';

const AS = { id: 'id', model: 'm', created: 1_700_000_000 };
const utf8 = new TextEncoder();

interface Body {
  readonly inputs: string;
  readonly parameters: Record<string, unknown>;
  readonly stream?: boolean;
}

function encode(
  request: CompleteRequest,
  stream = false,
  dialect = {},
): [body: Body, warnings: Warning[]] {
  const warnings: Warning[] = [];
  const body = tgiGenerate.encodeRequest(request, {
    model: 'm',
    stream,
    provider: 'p',
    dialect,
    warn: (warning) => warnings.push(warning),
  });
  return [JSON.parse(JSON.stringify(body)) as Body, warnings];
}

function decodeStream(
  wire: string | readonly Uint8Array[],
  request?: CompleteRequest,
): { events: unknown[]; result: CompleteResult; usage: unknown; error?: InferwayError } {
  const source = { ...sourceOf([]), request };
  const decoder = new SseDecoder(tgiGenerate.streamDecoder(source));
  const events: never[] = [];
  let error: InferwayError | undefined;
  try {
    for (const chunk of typeof wire === 'string' ? [utf8.encode(wire)] : wire) {
      decoder.bytes(chunk, events);
    }
    decoder.end(events);
  } catch (thrown) {
    error = thrown as InferwayError;
  }
  const fold = completeTraits.fold?.();
  for (const event of events) fold?.add(event);
  const result = fold?.result() as CompleteResult;
  return { events, result, usage: decoder.usage, ...(error === undefined ? {} : { error }) };
}

const token = (text: string, special = false): object => ({ id: 1, text, logprob: -0.5, special });
const frames = (payloads: readonly object[]): string =>
  payloads.map((payload) => `data:${JSON.stringify(payload)}\n\n`).join('');
const said = (...texts: string[]): object[] => texts.map((text) => ({ token: token(text) }));

const request: fc.Arbitrary<CompleteRequest> = maybe(
  { prompt: fc.string({ minLength: 1 }) },
  {
    maxOutputTokens: fc.integer({ min: 1, max: 1e6 }),
    temperature: number(1e-6, 2),
    topP: number(1e-6, 0.999),
    topK: fc.integer({ min: 1, max: 1000 }),
    frequencyPenalty: number(-2, 2),
    repetitionPenalty: number(0.1, 10),
    seed: fc.nat(),
    stop: fc.array(fc.string(), { maxLength: 4 }),
    logprobs: fc.nat({ max: 5 }),
    echo: fc.boolean(),
    passthrough: passthrough('tgi-generate'),
  },
);

const result: fc.Arbitrary<CompleteResult> = fc
  .record({
    pieces: fc.array(fc.tuple(fc.string({ minLength: 1 }), number(-50, 0)), { minLength: 1 }),
    raw: fc.constantFrom('length', 'eos_token', 'stop_sequence'),
  })
  .map(({ pieces, raw }) => ({
    text: pieces.map(([text]) => text).join(''),
    finishReason: { unified: raw === 'length' ? 'length' : 'stop', raw },
    logprobs: {
      tokens: pieces.map(([text]) => text),
      tokenLogprobs: pieces.map(([, value]) => value),
    },
  }));

describe('TGI generation', () => {
  it('decodes the request that it encoded', () => {
    fc.assert(
      fc.property(request, (whole) => {
        const [body, warnings] = encode(whole, false, { details: false });
        expect(warnings).toEqual([]);
        expect(tgiGenerate.decodeRequest(body).request).toEqual(whole);
      }),
    );
  });

  it('decodes the answer that it encoded, whole and streamed in any bytes', () => {
    fc.assert(
      fc.property(result, fc.infiniteStream(fc.nat(40)), (whole, sizes) => {
        const usage = { inputTokens: 7, outputTokens: 3 };
        const as = { ...AS, form: 'details' };
        const body = tgiGenerate.encodeResponse({ result: whole, usage }, as);
        const header = (name: string): string | undefined =>
          name === 'x-prompt-tokens' ? '7' : undefined;
        const decoded = tgiGenerate.decodeResponse(JSON.parse(JSON.stringify(body)), {
          ...sourceOf([]),
          header,
        });
        expect(decoded.result).toEqual(whole);
        expect(decoded.usage).toMatchObject(usage);
        expect(tgiGenerate.decodeResponse([body], sourceOf([])).result).toEqual(whole);

        const encoder = tgiGenerate.streamEncoder(as);
        const events = completeTraits.unfold?.(whole, usage) ?? [];
        const wire = events.map((event) => encoder.encode([event])).join('');
        const read = decodeStream(cutAt(utf8.encode(wire), sizes));
        expect(read.error).toBeUndefined();
        expect(read.result).toEqual(whole);
        expect(read.usage).toMatchObject(usage);
      }),
    );
  });

  it('never crashes on junk', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(jsonObject, fc.constant({ token: token('a') }))), (chunks) => {
        const { error } = decodeStream(frames(chunks));
        if (error !== undefined) expect(error.name).toBe('InferwayError');
      }),
    );
  });

  it('says what the server refuses in words that it takes', () => {
    const [greedy, none] = encode({ prompt: 'a', temperature: 0, topP: 0.5, topK: 4, seed: 1 });
    expect(greedy.parameters).toEqual({ details: true, do_sample: false, seed: 1 });
    expect(none).toEqual([]);
    expect(encode({ prompt: 'a', temperature: 1, topP: 1, topK: -1 })[0].parameters).toEqual({
      details: true,
      temperature: 1,
      do_sample: true,
    });
    const [several, told] = encode({ prompt: 'a', choices: 2, seed: 4, minP: 0.1, user: 'u' });
    expect(several.parameters).toEqual({ details: true, best_of: 2, do_sample: true });
    expect(told.map((warning) => ('setting' in warning ? warning.setting : undefined))).toEqual([
      'minP',
      'user',
      'seed',
    ]);
    const [streamed, dropped] = encode({ prompt: 'a', choices: 2 }, true, { streamField: true });
    expect(streamed).toEqual({ inputs: 'a', parameters: { details: true }, stream: true });
    expect(dropped).toMatchObject([{ setting: 'choices' }]);
  });

  it('takes a provider’s own options as parameters', () => {
    const grammar = { type: 'regex', value: '[a-z]+' };
    const options = { p: { grammar, watermark: true, typical_p: 0.9 } };
    const [body] = encode({ prompt: 'a', providerOptions: options });
    expect(body.parameters).toMatchObject({ grammar, watermark: true, typical_p: 0.9 });
    const kept = tgiGenerate.decodeRequest(body).request.passthrough;
    expect(kept).toMatchObject({ format: 'tgi-generate', fields: { grammar, watermark: true } });
  });

  it('refuses of a caller what the server refuses, by its path', () => {
    const param = (parameters: object): string | undefined =>
      refusal(() => tgiGenerate.decodeRequest({ inputs: 'a', parameters } as never)).param;
    expect(param({ temperature: 0 })).toBe('parameters.temperature');
    expect(param({ top_p: 1 })).toBe('parameters.top_p');
    expect(param({ top_k: 0 })).toBe('parameters.top_k');
    expect(param({ best_of: 2 })).toBe('parameters.best_of');
    expect(param({ best_of: 2, do_sample: true, seed: 1 })).toBe('parameters.seed');
    expect(param({ max_new_tokens: 0 })).toBe('parameters.max_new_tokens');
    expect(refusal(() => tgiGenerate.decodeRequest({ inputs: '' })).param).toBe('inputs');
    expect(refusal(() => tgiGenerate.decodeRequest({ parameters: {} })).param).toBe('inputs');
  });

  it('keeps the stop sequence out of the text, whole and streamed, and holds back no more than it', () => {
    const stop = ['test', 'te st'];
    const whole = tgiGenerate.decodeResponse(
      {
        generated_text: 'an error in test',
        details: { finish_reason: 'stop_sequence', generated_tokens: 4, tokens: [] },
      },
      { ...sourceOf([]), request: { prompt: 'a', stop } },
    );
    expect(whole.result.text).toBe('an error in ');
    const last = {
      token: token('st'),
      generated_text: 'a te test',
      details: { finish_reason: 'stop_sequence', generated_tokens: 4, input_length: 2 },
    };
    const read = decodeStream(frames([...said('a', ' te', ' ', 'te'), last]), {
      prompt: 'a',
      stop,
    });
    expect(read.result.text).toBe('a te ');
    expect(
      read.events.filter((event) => (event as { type: string }).type === 'text-delta'),
    ).toEqual([
      { type: 'text-delta', text: 'a' },
      { type: 'text-delta', text: ' ' },
      { type: 'text-delta', text: 'te ' },
    ]);
    const other = { ...last, details: { finish_reason: 'length' } };
    expect(
      decodeStream(frames([...said('a', ' te'), other]), { prompt: 'a', stop }).result.text,
    ).toBe('a test');
  });

  it('tells the prompt first where it was asked for, and reads several answers', () => {
    const end = { token: token('</s>', true), generated_text: 'hi you', details: null };
    const read = decodeStream(frames([...said(' you'), end]), { prompt: 'hi', echo: true });
    expect(read.result).toEqual({ text: 'hi you', finishReason: { unified: 'stop' } });
    const sequence = { finish_reason: 'eos_token', generated_tokens: 2, tokens: [], seed: 1 };
    const { result: best, usage } = tgiGenerate.decodeResponse(
      {
        generated_text: 'one',
        details: {
          ...sequence,
          prefill: [{ id: 1, text: 'a', logprob: null }],
          best_of_sequences: [{ generated_text: 'two', ...sequence, finish_reason: 'length' }],
        },
      },
      sourceOf([]),
    );
    expect(best).toMatchObject({ text: 'one', alternatives: [{ text: 'two' }] });
    expect(best.passthrough?.fields).toMatchObject({ seed: 1, prefill: [{ text: 'a' }] });
    expect(usage).toMatchObject({ inputTokens: 1, outputTokens: 4 });
  });

  it('ends a stream complete, cut, empty or failed', () => {
    const end = { token: token('b'), generated_text: 'ab', details: null };
    const code = (chunks: object[]): string | undefined => decodeStream(frames(chunks)).error?.code;
    expect(code([...said('a'), end])).toBeUndefined();
    expect(code(said('a'))).toBe('stream_interrupted');
    expect(code([])).toBe('empty_response');
    const failure = { error: 'Request failed during generation', error_type: 'generation' };
    expect(code([...said('a'), failure])).toBe('server');
    expect(code([failure])).toBe('server');
    expect(decodeStream(frames([{ generated_text: 'whole' }])).result.text).toBe('whole');
    expect(() => tgiGenerate.decodeResponse(failure, sourceOf([]))).toThrow(/failed/u);
    expect(() => tgiGenerate.decodeResponse([{}], sourceOf([]))).toThrow(/no answer/u);
  });
});
