import { createClient, type Call } from '@inferway/core';
import { priceTable } from '@inferway/core/middleware';
import { fakeProvider, say, virtualClock } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundCost } from '../../src/cost-bound/cost-bound.js';
import { sizeOfRequest, utf8Length } from '../../src/cost-bound/request-size.js';
import { boundUsage, type UsageBoundOptions } from '../../src/cost-bound/usage-bound.js';

/** The call as an attempt would see it. */
async function callOf(request: object): Promise<Call> {
  let seen: Call | undefined;
  const client = createClient({
    providers: [fakeProvider({ script: say('x') })],
    clock: virtualClock(),
    middleware: [
      (call, next) => {
        seen = call;
        return next(call);
      },
    ],
  });
  await client.chat({ model: 'fake/m', ...request } as never);
  return seen as Call;
}

/** A call of another operation, as far as a bound reads it. */
const as = (call: Call, operation: string, request: object): Call =>
  ({ ...call, operation, request }) as unknown as Call;

const chat = (content: unknown, more: object = {}): object => ({
  messages: [{ role: 'user', content }],
  ...more,
});
const usageOf = async (request: object, options?: UsageBoundOptions) =>
  boundUsage(await callOf(request), options);

test('bytes are those of UTF-8, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.integer({ min: 0xd7f0, max: 0xe010 }).map((c) => String.fromCharCode(c)),
      }),
      (text, halves) => {
        for (const one of [text, halves, text + halves]) {
          expect(utf8Length(one)).toBe(new TextEncoder().encode(one).byteLength);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('no request has fewer bytes than its JSON text has text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const texts = JSON.stringify(value).replaceAll(/[[\]{}",:]/gu, '');
      // Escapes are one character and up to six in JSON: compared only where there are none.
      if (texts.includes('\\')) return;
      expect(sizeOfRequest(value).bytes).toBeGreaterThanOrEqual(utf8Length(texts));
    }),
  );
});

describe('the output is bounded', () => {
  test.each([
    ['by the request', { maxOutputTokens: 7 }, 7],
    ['for all answers together', { maxOutputTokens: 7, choices: 3 }, 21],
    ['by a provider’s own word', { providerOptions: { fake: { max_completion_tokens: 9 } } }, 9],
    [
      'by the largest of several words',
      { maxOutputTokens: 7, passthrough: { format: 'openai-chat', fields: { max_tokens: 70 } } },
      70,
    ],
    [
      'with answers asked for past the form',
      { maxOutputTokens: 5, providerOptions: { fake: { n: 4 } } },
      20,
    ],
    ['with thinking inside of it', { maxOutputTokens: 50, reasoning: { maxTokens: 20 } }, 50],
    [
      'with thinking that leaves no room in it',
      { maxOutputTokens: 50, reasoning: { maxTokens: 50 } },
      100,
    ],
    [
      'with thinking that does not fit in it',
      { maxOutputTokens: 50, reasoning: { maxTokens: 200 } },
      250,
    ],
  ])('%s', async (_how, more, tokens) => {
    const { usage, assumed } = await usageOf(chat('hi', more));
    expect(usage.outputTokens).toBe(tokens);
    expect(assumed).toEqual([]);
  });

  test('by what is known of the model, else assumed and flagged', async () => {
    const model = { id: 'm', provider: 'fake', maxOutputTokens: 300 };
    expect((await usageOf(chat('hi'), { model })).usage.outputTokens).toBe(300);
    expect((await usageOf(chat('hi'), { model })).assumed).toEqual([]);
    const assumed = await usageOf(chat('hi'));
    expect([assumed.usage.outputTokens, assumed.assumed]).toEqual([4096, ['output']]);
    const own = await usageOf(chat('hi'), { assumedOutputTokens: 10 });
    expect([own.usage.outputTokens, own.assumed]).toEqual([10, ['output']]);
  });
});

describe('the input is bounded', () => {
  const request = (content: unknown, more: object = {}) =>
    chat(content, { maxOutputTokens: 1, ...more });

  test('by its bytes, and no more than the window of the model', async () => {
    const long = 'é'.repeat(1000);
    const { usage } = await usageOf(request(long));
    expect(usage.inputTokens).toBeGreaterThanOrEqual(2000);
    expect(usage.inputTokens).toBeLessThan(2400);
    const model = { id: 'm', provider: 'fake', contextLength: 500 };
    expect((await usageOf(request(long), { model })).usage.inputTokens).toBe(500);
  });

  test('tighter and flagged in the mode `estimate`', async () => {
    const long = 'word '.repeat(400);
    const { usage, assumed } = await usageOf(request(long), { bound: 'estimate' });
    expect(usage.inputTokens).toBeLessThan(1000);
    expect(assumed).toEqual(['input']);
  });

  test('media by the piece, and flagged; a schema that looks like a picture is text', async () => {
    const image = {
      type: 'image',
      image: { type: 'base64', data: 'A'.repeat(40_000), mediaType: 'image/png' },
    };
    const seen = await usageOf(request([image]));
    expect(seen.usage.inputTokens).toBeGreaterThan(5000);
    expect(seen.usage.inputTokens).toBeLessThan(6000);
    expect(seen.assumed).toEqual(['media']);
    const recording = {
      type: 'audio',
      audio: { type: 'base64', data: 'A'.repeat(800_000), mediaType: 'audio/mpeg' },
    };
    expect((await usageOf(request([recording]))).usage.inputTokens).toBeGreaterThan(75_000);
    const parameters = { type: 'base64', data: 'x'.repeat(40_000), mediaType: 'image/png' };
    const dressed = await usageOf(request('hi', { tools: [{ name: 'f', parameters }] }));
    expect(dressed.usage.inputTokens).toBeGreaterThan(40_000);
    const named = { type: 'image', image: { type: 'file-id', id: 'x'.repeat(9000) } };
    expect((await usageOf(request([named]))).usage.inputTokens).toBeGreaterThan(14_000);
  });

  test('with room for tools; what the provider’s own tools fetch is flagged', async () => {
    const plain = await usageOf(request('hi'));
    const own = await usageOf(request('hi', { tools: [{ name: 'f' }] }));
    expect((own.usage.inputTokens ?? 0) - (plain.usage.inputTokens ?? 0)).toBeGreaterThan(1000);
    expect(own.assumed).toEqual([]);
    const tools = [{ type: 'provider', format: 'x', value: { type: 'web_search' } }];
    expect((await usageOf(request('hi', { tools }))).assumed).toEqual(['tools']);
  });
});

describe('what is counted in units', () => {
  test('is bounded by the counts that were asked for', async () => {
    const call = await callOf(chat('x'));
    const units = (operation: string, request: object) =>
      boundUsage(as(call, operation, request)).usage.units;
    expect(units('image', { prompt: 'a cat', count: 4 })?.images).toBe(4);
    expect(units('image', { prompt: 'a cat', providerOptions: { fake: { n: 6 } } })?.images).toBe(
      6,
    );
    expect(units('speech', { text: 'hello world!' })).toMatchObject({
      inputCharacters: 12,
      outputSeconds: 3,
    });
    const audio = { type: 'bytes', data: new Uint8Array(90_000), mediaType: 'audio/mpeg' };
    expect(units('transcribe', { audio })?.inputAudioSeconds).toBe(90);
    expect(
      units('transcribe', { audio: { type: 'url', url: 'https://x/y.mp3' } })?.inputAudioSeconds,
    ).toBe(600);
    expect(
      units('rerank', { query: 'q', documents: Array.from({ length: 150 }, () => 'd') })?.searches,
    ).toBe(2);
    expect(boundUsage(as(call, 'embed', { input: 'text' })).usage.outputTokens).toBe(0);
    expect(boundUsage(as(call, 'own', { thing: 'text' })).assumed).toEqual(['output', 'units']);
  });
});

describe('the cost is bounded', () => {
  const book = priceTable({
    'fake/m': { input: 1, output: 2, cacheWrite: 4, cacheWrite1h: 8 },
    'timed/*': { input: 0, output: 0, units: { computeSecond: 0.001 } },
  });

  test('at the price of the model, with the dearest kind that the request allows', async () => {
    const plain = boundCost(await callOf(chat('hi', { maxOutputTokens: 10 })), book);
    const tokens = plain.usage.inputTokens ?? 0;
    expect(plain).toMatchObject({
      cost: { known: true, total: tokens * 1000 + 20_000 },
      assumed: [],
    });
    const part = { type: 'text', text: 'hi', cache: {} };
    const marked = boundCost(await callOf(chat([part], { maxOutputTokens: 10 })), book);
    expect(marked.cost).toMatchObject({ total: (marked.usage.inputTokens ?? 0) * 8000 + 20_000 });
  });

  test('behind a router at the dearest of those who may serve it', async () => {
    const prices = {
      cost: (_model: unknown, _usage: unknown, _at: number, servedBy?: string) =>
        servedBy === undefined
          ? undefined
          : ({ known: true, total: servedBy.length, source: 'price' } as const),
    };
    const servedBy = ['a', 'ccc', 'bb'].map((provider) => ({ provider, status: 'live' as const }));
    const model = { id: 'm', provider: 'fake', servedBy };
    const { cost } = boundCost(await callOf(chat('hi')), prices, { model });
    expect(cost).toMatchObject({ known: true, total: 3 });
  });

  test('by an assumption, flagged, where the time of a machine has a price; unknown without one', async () => {
    const call = await callOf(chat('hi', { maxOutputTokens: 10 }));
    const timed = boundCost({ ...call, model: { provider: 'timed', id: 'x' } }, book);
    expect(timed).toMatchObject({ cost: { total: 60_000_000 }, assumed: ['units'] });
    const none = boundCost({ ...call, model: { provider: 'other', id: 'x' } }, book);
    expect(none.cost).toEqual({ known: false, reason: 'no-price' });
    expect(boundCost(call, undefined).cost.known).toBe(false);
  });
});

test('a file of text can be as many tokens as it has bytes, one of another kind is counted as pages', async () => {
  const file = (mediaType: string) => ({
    type: 'file',
    data: { type: 'bytes', data: new Uint8Array(80_000), mediaType },
  });
  for (const mediaType of [
    'text/plain',
    'text/csv',
    'application/json',
    'application/ld+json',
    'image/svg+xml',
  ]) {
    const { usage } = await usageOf(chat([file(mediaType)]));
    if (mediaType.startsWith('image/')) expect(usage.inputTokens).toBeLessThan(6000);
    else expect(usage.inputTokens).toBeGreaterThanOrEqual(80_000);
  }
  const { usage } = await usageOf(chat([file('application/pdf')]));
  expect(usage.inputTokens).toBeGreaterThanOrEqual(10_000);
  expect(usage.inputTokens).toBeLessThan(20_000);
});

test('counting tokens is free, whatever is known of the model', async () => {
  const call = await callOf(chat('hi'));
  const asked = as(call, 'countTokens', call.request);
  expect(boundCost(asked, undefined).cost).toEqual({ known: true, total: 0, source: 'price' });
  expect(boundCost(call, undefined).cost.known).toBe(false);
});

test('no tools take no room', async () => {
  const without = await usageOf(chat('hi'));
  const none = await usageOf(chat('hi', { tools: [] }));
  expect((none.usage.inputTokens ?? 0) - (without.usage.inputTokens ?? 0)).toBeLessThan(100);
  const tool = { name: 'f', parameters: { type: 'object' } };
  const one = await usageOf(chat('hi', { tools: [tool] }));
  expect(one.usage.inputTokens).toBeGreaterThan(1024);
});

test('an estimate has room for what wraps a request, and a second that was begun is heard', async () => {
  const { usage } = await usageOf(chat(''), { bound: 'estimate' });
  expect(usage.inputTokens).toBeGreaterThanOrEqual(64);
  const call = await callOf(chat('hi'));
  const file = { type: 'bytes', data: new Uint8Array(1500), mediaType: 'audio/mpeg' };
  const heard = boundUsage(as(call, 'transcribe', { audio: file }));
  expect(heard.usage.units).toMatchObject({ inputAudioSeconds: 2 });
});
