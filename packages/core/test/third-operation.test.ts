import { cache } from '@inferway/core/caching';
import {
  createClient,
  type Call,
  type ClientBase,
  type OperationTraits,
  type Reply,
} from '@inferway/core';
import {
  fixed,
  pool,
  priceTable,
  standard,
  type Charge,
  type StandardOptions,
} from '@inferway/core/middleware';
import { memoryCache } from '@inferway/core/stores';
import {
  accept,
  emit,
  fail,
  fakeProvider,
  result,
  stall,
  usage,
  virtualClock,
  type Step,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from './helpers.js';

/** A third party's operations: one that streams, with traits, and one that cannot. */
declare module '@inferway/core' {
  interface Operations {
    translate: {
      request: { text: string; to: string };
      result: { text: string };
      event: { type: 'start' } | { type: 'piece'; text: string };
      answer: { words: number };
    };
    detect: {
      request: { text: string };
      result: { language: string };
      event: never;
    };
  }
}

const translateTraits: OperationTraits<'translate'> = {
  fold() {
    let text = '';
    return {
      add(event) {
        if (event.type === 'piece') text += event.text;
      },
      result: () => ({ text }),
    };
  },
  unfold: ({ text }) => [{ type: 'start' }, { type: 'piece', text }],
  text: (event) => (event.type === 'piece' ? event.text : undefined),
  answer: ({ text }) => ({ words: text.split(' ').length }),
};

const piece = (text: string): Step => emit({ type: 'piece', text });
const tokens = usage({ inputTokens: 100, outputTokens: 50 });
const translated: readonly Step[] = [
  accept(),
  emit({ type: 'start' }),
  piece('guten '),
  piece('Tag'),
  tokens,
];
const detected: readonly Step[] = [tokens, result({ language: 'de' })];

function setUp(
  first: (call: Call, attempt: number) => readonly Step[],
  options: StandardOptions = {},
) {
  const clock = virtualClock();
  const charges: Charge[] = [];
  const lingo = fakeProvider({
    name: 'lingo',
    operations: ['translate', 'detect'],
    traits: { translate: translateTraits },
    script: first,
  });
  const spare = fakeProvider({
    name: 'spare',
    operations: ['translate', 'detect'],
    script: ({ operation }) => (operation === 'translate' ? translated : detected),
  });
  const client = createClient({
    providers: [lingo, spare],
    clock,
    middleware: standard({
      cache: cache({ scope: 'shared', store: memoryCache({ clock }) }),
      fallback: { targets: ['spare/m'] },
      retry: { attempts: 2, baseMs: 10 },
      timeout: { firstEventMs: 1000, idleBytesMs: 500 },
      cost: {
        prices: priceTable({
          'lingo/*': { input: 1, output: 2 },
          'spare/*': { input: 10, output: 20 },
        }),
        onCharge: (charge) => charges.push(charge),
      },
      auth: { lingo: pool(['a', 'b']), spare: fixed('c') },
      ...options,
    }),
  });
  return { clock, charges, lingo, spare, client };
}

const request = { model: 'lingo/m', text: 'good day', to: 'de' } as const;

describe('a streaming operation of a third party, through all middleware', () => {
  test('answers unary and streamed, with what its traits add, usage and cost', async () => {
    const { client, charges } = setUp(() => translated, { cache: false });
    const answer = await client.translate(request);
    expect(answer).toMatchObject({
      text: 'guten Tag',
      words: 2,
      usage: { inputTokens: 100, outputTokens: 50 },
      cost: { known: true, total: 200_000, source: 'price' },
      meta: { provider: 'lingo', attempts: [{ credential: 'pool#1' }] },
    });
    const stream = await client.translate.stream(request);
    expect(await stream.text).toBe('guten Tag');
    expect((await stream.result).words).toBe(2);
    expect(stream.cost).toMatchObject({ total: 200_000 });
    expect(charges.length).toBe(2);
  });

  test('is cached: one entry serves both shapes', async () => {
    const { client, lingo } = setUp(() => translated);
    await (
      await client.translate.stream(request)
    ).result;
    const hit = await client.translate(request);
    expect(hit).toMatchObject({ text: 'guten Tag', meta: { cache: 'hit' }, cost: { total: 0 } });
    const streamed = await client.translate.stream(request);
    expect(await streamed.text).toBe('guten Tag');
    expect(lingo.attempts.length).toBe(1);
  });

  test('is not cached when it broke, though nothing but that says so', async () => {
    const { client } = setUp((_call, n) =>
      n === 1 ? [...translated.slice(0, 3), fail('connection')] : translated,
    );
    await errorOf((await client.translate.stream(request)).result);
    expect((await client.translate(request)).text).toBe('guten Tag');
  });

  test('is retried and falls back before its first content, by its own idea of content', async () => {
    const { client, clock, charges } = setUp(() => [
      accept(),
      emit({ type: 'start' }),
      fail('overloaded'),
    ]);
    const opening = client.translate.stream(request);
    await clock.advance(10_000);
    const stream = await opening;
    const events: string[] = [];
    for await (const event of stream) events.push(event.type);
    expect(events).toEqual(['start', 'piece', 'piece']);
    expect(stream.meta.provider).toBe('spare');
    expect(charges.map(({ attempt, status }) => [attempt.provider, status])).toEqual([
      ['lingo', 'failed'],
      ['lingo', 'failed'],
      ['spare', 'complete'],
    ]);
  });

  test('is not tried again after its first content, and the error holds its partial result', async () => {
    const { client, charges } = setUp(() => [...translated.slice(0, 3), fail('connection')]);
    const error = await errorOf((await client.translate.stream(request)).result);
    expect(error.code).toBe('connection');
    expect(error.partial).toEqual({ text: 'guten ' });
    expect(charges).toMatchObject([
      { status: 'failed', cost: { source: 'estimate' }, usage: { outputTokens: 2 } },
    ]);
  });

  test('rotates keys and times out', async () => {
    const rotated = setUp((_call, n) => (n === 1 ? [fail('rate_limit')] : translated));
    expect(
      (await rotated.client.translate(request)).meta.attempts?.map(({ credential }) => credential),
    ).toEqual(['pool#1', 'pool#2']);
    const slow = setUp(() => [...translated.slice(0, 3), stall()], { fallback: false });
    const failing = errorOf(slow.client.translate.stream(request).then((stream) => stream.result));
    await slow.clock.advance(10_000);
    expect(await failing).toMatchObject({ code: 'timeout', phase: 'idle-bytes' });
    expect(slow.lingo.open).toBe(0);
  });
});

describe('a unary-only operation of a third party, without traits, through all middleware', () => {
  const ask = { model: 'lingo/m', text: 'guten Tag' } as const;

  test('answers with usage and cost, and is cached', async () => {
    const { client, lingo } = setUp(() => detected);
    expect(await client.detect(ask)).toMatchObject({
      language: 'de',
      cost: { known: true, total: 200_000 },
      meta: { cache: 'miss' },
    });
    expect(await client.detect(ask)).toMatchObject({
      language: 'de',
      meta: { cache: 'hit' },
      cost: { total: 0 },
    });
    expect(lingo.attempts.length).toBe(1);
  });

  test('is retried, falls back, rotates keys and times out', async () => {
    const { client, clock, charges } = setUp((_call, n) => {
      if (n === 1) return [fail('authentication')];
      return [stall()];
    });
    const call = client.detect(ask);
    await clock.advance(10_000);
    const answer = await call;
    expect(answer.language).toBe('de');
    expect(
      answer.meta.attempts?.map(({ provider, credential, error }) => [provider, credential, error]),
    ).toEqual([
      ['lingo', 'pool#1', 'authentication'],
      ['lingo', 'pool#2', 'timeout'],
      ['spare', 'fixed', undefined],
    ]);
    expect(charges.map(({ status, cost }) => [status, cost.known && cost.source])).toEqual([
      ['failed', 'price'],
      ['failed', 'estimate'],
      ['complete', 'price'],
    ]);
    expect(clock.timers).toBe(0);
  });

  test('is charged by an estimate of its text where nobody reports usage', async () => {
    const { client, charges } = setUp(() => [result({ language: 'de-DE-x-schwaebisch!' })]);
    await client.detect(ask);
    expect(charges).toMatchObject([
      { usage: { inputTokens: 3, outputTokens: 5, estimated: true }, cost: { source: 'estimate' } },
    ]);
  });
});

test('a stream of an operation without traits gives its events, and says what it cannot give', async () => {
  const bare = fakeProvider({ name: 'bare', operations: ['translate'], script: translated });
  const client = createClient({ providers: [bare], middleware: standard() });
  const ask = { model: 'bare/m', text: 'good day', to: 'de' } as const;
  const stream = await client.translate.stream(ask);
  expect(() => stream.text).toThrow(expect.objectContaining({ code: 'unsupported' }));
  expect((await errorOf(stream.result)).message).toContain('traits');
  const events: string[] = [];
  for await (const event of stream) events.push(event.type);
  expect(events).toEqual(['start', 'piece', 'piece']);
  expect(stream.usage).toEqual({ inputTokens: 100, outputTokens: 50 });
});

test('operations that nobody narrowed reach a middleware with their own types', async () => {
  const seen: string[] = [];
  const { client } = setUp(() => translated, {
    outer: [
      async (call, next) => {
        if (call.operation === 'translate') seen.push(call.request.to);
        if (call.operation === 'detect') {
          const reply: Reply<Call<'detect'>> = await next(call);
          seen.push(reply.result.language);
          return reply;
        }
        return next(call);
      },
    ],
  });
  await client.translate(request);
  const base: ClientBase = client;
  await base.send('translate', { text: 'x', to: 'fr' }, { model: 'spare/m', stream: false });
  expect(seen).toEqual(['de', 'fr']);
});
