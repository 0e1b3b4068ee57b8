import {
  aroundAttempts,
  createClient,
  type Call,
  type ChatEvent,
  type Middleware,
  type Provider,
} from '@inferway/core';
import { cache } from '@inferway/core/caching';
import { cost, fallback, priceTable, retry } from '@inferway/core/middleware';
import {
  accept,
  emit,
  fail,
  fakeError,
  fakeProvider,
  ignoreCancel,
  say,
  stall,
  usage,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { trace } from '@inferway/otel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chain, EPOCH, question } from './chain.js';
import { only, tree, type Telemetry } from './telemetry.js';

const prices = priceTable({ 'a/*': { input: 1, output: 2 }, 'b/*': { input: 1, output: 2 } });
const start: ChatEvent = { type: 'start', id: 'answer-1', model: 'm-2026' };
const word = (text: string): ChatEvent => ({ type: 'text-delta', index: 0, text });
const open: ChatEvent = { type: 'part-start', index: 0, part: { type: 'text', text: '' } };
const words = [
  accept({ status: 200 }),
  emit(start, open, word('one')),
  wait(10),
  emit(word(' two')),
];

/** What traces look like, whichever SDK keeps them. */
export function traceSuite(generation: string, openSdk: () => Telemetry): void {
  describe(`traces with ${generation}`, () => {
    let sdk: Telemetry;
    beforeEach(() => {
      sdk = openSdk();
    });
    afterEach(async () => {
      vi.unstubAllEnvs();
      await sdk.close();
    });

    test('a unary call is one client span with its attempt below, in the time of the call', async () => {
      const script = [
        wait(20),
        accept({ status: 200, servedBy: 'rack-7' }),
        emit(start, open, word('hi')),
        usage({
          inputTokens: 9,
          outputTokens: 4,
          cacheReadTokens: 5,
          cacheWriteTokens: 1,
          reasoningTokens: 2,
        }),
        emit({ type: 'finish', finishReason: { unified: 'stop', raw: 'end_turn' } }),
      ];
      const { client, clock } = chain({ a: script }, [
        trace({ servers: { a: 'https://api.a.test/v1' } }),
        cost({ prices }),
      ]);
      const running = client.chat({
        model: 'a/m',
        messages: question,
        temperature: 0,
        topP: 0.5,
        topK: 40,
        maxOutputTokens: 100,
        seed: 7,
        stop: ['END'],
        choices: 2,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        output: 'text',
      });
      await clock.advance(20);
      await running;
      const spans = sdk.spans();
      expect(tree(spans)).toEqual(['chat m CLIENT', '  inferway.attempt INTERNAL']);
      const chat = only(spans, 'chat m');
      expect(chat.attributes).toEqual({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'a',
        'gen_ai.request.model': 'm',
        'server.address': 'api.a.test',
        'server.port': 443,
        'gen_ai.request.temperature': 0,
        'gen_ai.request.top_p': 0.5,
        'gen_ai.request.top_k': 40,
        'gen_ai.request.max_tokens': 100,
        'gen_ai.request.seed': 7,
        'gen_ai.request.stop_sequences': ['END'],
        'gen_ai.request.choice.count': 2,
        'gen_ai.request.frequency_penalty': 0.1,
        'gen_ai.request.presence_penalty': 0.2,
        'gen_ai.output.type': 'text',
        'gen_ai.response.id': 'answer-1',
        'gen_ai.response.model': 'm-2026',
        'gen_ai.response.finish_reasons': ['end_turn'],
        'gen_ai.usage.input_tokens': 9,
        'gen_ai.usage.output_tokens': 4,
        'gen_ai.usage.cache_read.input_tokens': 5,
        'gen_ai.usage.cache_creation.input_tokens': 1,
        'gen_ai.usage.reasoning.output_tokens': 2,
        'inferway.served_by': 'rack-7',
        'inferway.cost.total': 0.000017,
        'inferway.cost.currency': 'USD',
        'inferway.cost.source': 'price',
      });
      expect(chat.startMs).toBeCloseTo(EPOCH, 2);
      expect(chat.endMs).toBeCloseTo(EPOCH + 20, 2);
      expect(only(spans, 'inferway.attempt').attributes).toEqual({
        'inferway.attempt.number': 1,
        'http.response.status_code': 200,
      });
    });

    test('a stream’s span lasts to its end and tells the time to the first chunk in seconds', async () => {
      const script = [wait(250), accept(), wait(250), ...say('one two').slice(1)];
      const { client, clock } = chain({ a: script }, [trace()]);
      const running = client.chat.stream({ model: 'a/m', messages: question });
      await clock.advance(250);
      const reading = (await running).result;
      expect(sdk.spans()).toEqual([]);
      await clock.advance(250);
      await reading;
      const chat = only(sdk.spans(), 'chat m');
      expect(chat.endMs).toBeCloseTo(EPOCH + 500, 2);
      expect(chat.attributes).toEqual({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'a',
        'gen_ai.request.model': 'm',
        'gen_ai.request.stream': true,
        'gen_ai.response.id': 'fake-1',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': 0.5,
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 2,
      });
    });

    test('a retried failure marks its attempt and not the call', async () => {
      const error = fakeError('rate_limit', { status: 429, retryAfterMs: 1000 });
      const { client, clock } = chain(
        { a: (_call, attempt) => (attempt === 1 ? [wait(5), fail(error)] : say('hello')) },
        [trace(), retry()],
      );
      const running = client.chat({ model: 'a/m', messages: question });
      await clock.advance(60_000);
      await running;
      const spans = sdk.spans();
      expect(tree(spans)).toEqual([
        'chat m CLIENT',
        '  inferway.attempt INTERNAL ERROR',
        '  inferway.attempt INTERNAL',
      ]);
      const [chat, first, second] = spans;
      expect(chat?.attributes).not.toHaveProperty('error.type');
      expect(first?.attributes).toEqual({
        'inferway.attempt.number': 1,
        'error.type': 'rate_limit',
        'http.response.status_code': 429,
      });
      expect(second?.attributes).toEqual({
        'inferway.attempt.number': 2,
        'inferway.retry.reason': 'rate_limit',
        'inferway.retry.delay_ms': expect.closeTo((second?.startMs ?? 0) - (first?.endMs ?? 0), 1),
      });
      expect(second?.attributes['inferway.retry.delay_ms']).toBeGreaterThanOrEqual(1000);
    });

    test('a call that fails in all its attempts is an error with a type and a text', async () => {
      const { client, clock } = chain({ a: [fail('overloaded')] }, [trace(), retry()]);
      const running = client.chat({ model: 'a/m', messages: question });
      const failed = expect(running).rejects.toThrow('overloaded');
      await clock.advance(60_000);
      await failed;
      const spans = sdk.spans();
      expect(tree(spans).slice(0, 3)).toEqual([
        'chat m CLIENT ERROR',
        '  inferway.attempt INTERNAL ERROR',
        '  inferway.attempt INTERNAL ERROR',
      ]);
      const chat = only(spans, 'chat m');
      expect(chat.attributes).toMatchObject({ 'error.type': 'overloaded' });
      expect(chat.statusMessage).toBe('The fake provider failed: overloaded.');
    });

    test('a fallback is one span for each target, below the pipeline’s', async () => {
      const { client, clock } = chain({ a: [fail('server')], b: say('hello') }, [
        trace(),
        fallback('b/n'),
        retry({ attempts: 2 }),
        cost({ prices }),
      ]);
      const running = client.chat({ model: 'a/m', messages: question });
      await clock.advance(60_000);
      await running;
      const spans = sdk.spans();
      expect(tree(spans)).toEqual([
        'inferway.pipeline INTERNAL',
        '  chat m CLIENT ERROR',
        '    inferway.attempt INTERNAL ERROR',
        '    inferway.attempt INTERNAL ERROR',
        '  chat n CLIENT',
        '    inferway.attempt INTERNAL',
      ]);
      expect(only(spans, 'inferway.pipeline').attributes).toEqual({
        'inferway.request.alias': 'a/m',
        'inferway.fallback.count': 1,
        'inferway.cost.total': 0.000012,
        'inferway.cost.currency': 'USD',
        'inferway.cost.source': 'price',
      });
      expect(only(spans, 'chat m').attributes).toEqual({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'a',
        'gen_ai.request.model': 'm',
        'error.type': 'server',
      });
      expect(only(spans, 'chat n').attributes).toMatchObject({
        'gen_ai.provider.name': 'b',
        'gen_ai.usage.input_tokens': 10,
        'inferway.fallback.index': 1,
        'inferway.fallback.from': 'm',
      });
      const [failed, answered] = [only(spans, 'chat m'), only(spans, 'chat n')];
      expect(failed.endMs).toBeLessThanOrEqual(answered.startMs);
    });

    test('a pipeline whose every target failed is an error', async () => {
      const { client } = chain({ a: [fail('server')], b: [fail('billing')] }, [
        trace(),
        fallback('b/n'),
      ]);
      await expect(client.chat({ model: 'a/m', messages: question })).rejects.toThrow('server');
      const spans = sdk.spans();
      expect(only(spans, 'inferway.pipeline')).toMatchObject({
        status: 'ERROR',
        attributes: { 'error.type': 'server' },
      });
      expect(only(spans, 'chat n').attributes).toMatchObject({ 'error.type': 'billing' });
    });

    test('a cache hit has a pipeline span and no chat span', async () => {
      const { client } = chain({ a: say('hello') }, [trace(), cache({ scope: 'shared' })]);
      await client.chat({ model: 'a/m', messages: question });
      await (
        await client.chat.stream({ model: 'a/m', messages: question })
      ).result;
      expect(tree(sdk.spans())).toEqual([
        'inferway.pipeline INTERNAL',
        '  chat m CLIENT',
        '    inferway.attempt INTERNAL',
        'inferway.pipeline INTERNAL',
      ]);
      const results = sdk
        .spans()
        .filter(({ name }) => name === 'inferway.pipeline')
        .map(({ attributes }) => attributes['inferway.cache.result']);
      expect(results).toEqual(['miss', 'hit']);
      const hit = sdk.spans().at(-1)?.attributes ?? {};
      expect(Object.keys(hit).filter((name) => name.startsWith('gen_ai.'))).toEqual([]);
    });

    test('the reader who leaves a stream is no error, and the span ends at once', async () => {
      const { client, clock } = chain({ a: [...words, stall()] }, [trace()]);
      const stream = await client.chat.stream({ model: 'a/m', messages: question });
      for await (const event of stream) if (event.type === 'text-delta') break;
      const spans = sdk.spans();
      expect(tree(spans)).toEqual(['chat m CLIENT', '  inferway.attempt INTERNAL']);
      for (const { attributes } of spans) {
        expect(attributes).toMatchObject({ 'inferway.outcome': 'cancelled' });
        expect(attributes).not.toHaveProperty('error.type');
      }
      await clock.advance(1000);
      expect(sdk.spans()).toHaveLength(2);
    });

    test('a stream that is cancelled before it is read ends its span', async () => {
      const { client } = chain({ a: words }, [trace()]);
      const stream = await client.chat.stream({ model: 'a/m', messages: question });
      stream.cancel();
      stream.cancel();
      expect(only(sdk.spans(), 'chat m').attributes).toMatchObject({
        'inferway.outcome': 'cancelled',
      });
    });

    test('an abort ends the spans although the provider does not listen', async () => {
      const { client, clock } = chain({ a: [ignoreCancel(), stall()] }, [trace()]);
      const controller = new AbortController();
      const running = client.chat(
        { model: 'a/m', messages: question },
        { signal: controller.signal },
      );
      const failed = expect(running).rejects.toMatchObject({ code: 'aborted' });
      await clock.advance(10);
      expect(sdk.spans()).toEqual([]);
      controller.abort();
      await failed;
      const spans = sdk.spans();
      expect(tree(spans)).toEqual(['chat m CLIENT', '  inferway.attempt INTERNAL']);
      expect(only(spans, 'chat m').attributes).toMatchObject({ 'inferway.outcome': 'cancelled' });
    });

    test('a deadline in a back-off is a time-out of the call', async () => {
      const { client, clock } = chain({ a: [fail('overloaded')] }, [
        trace(),
        retry({ baseMs: 10_000 }),
      ]);
      const running = client.chat({ model: 'a/m', messages: question }, { timeoutMs: 50 });
      const failed = expect(running).rejects.toMatchObject({ code: expect.any(String) });
      await clock.advance(60_000);
      await failed;
      expect(only(sdk.spans(), 'chat m')).toMatchObject({ status: 'ERROR' });
    });

    test('a stream that breaks after its first words is an error, with what was counted', async () => {
      const script = [
        ...words,
        usage({ inputTokens: 3, outputTokens: 2 }),
        fail('stream_interrupted'),
      ];
      const { client, clock } = chain({ a: script, b: say('never') }, [
        trace(),
        fallback('b/n'),
        retry(),
        cost({ prices }),
      ]);
      const stream = await client.chat.stream({ model: 'a/m', messages: question });
      const failed = expect(stream.result).rejects.toMatchObject({ code: 'stream_interrupted' });
      await clock.advance(1000);
      await failed;
      const spans = sdk.spans();
      expect(tree(spans)).toEqual([
        'inferway.pipeline INTERNAL ERROR',
        '  chat m CLIENT ERROR',
        '    inferway.attempt INTERNAL ERROR',
      ]);
      expect(only(spans, 'chat m').attributes).toMatchObject({
        'error.type': 'stream_interrupted',
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.output_tokens': 2,
        'inferway.cost.total': 0.000007,
        'gen_ai.response.time_to_first_chunk': 0,
      });
      expect(only(spans, 'inferway.attempt').attributes).toMatchObject({
        'inferway.attempt.usage.input_tokens': 3,
        'inferway.attempt.usage.output_tokens': 2,
      });
    });

    test('a stream that breaks before its first words is retried within one span', async () => {
      const { client, clock } = chain(
        {
          a: (_call, attempt) =>
            attempt === 1
              ? [accept(), emit(start), wait(100), fail('stream_interrupted')]
              : [wait(100), ...say('hello')],
        },
        [trace(), retry()],
      );
      const running = client.chat.stream({ model: 'a/m', messages: question });
      await clock.advance(60_000);
      await (
        await running
      ).result;
      const spans = sdk.spans();
      expect(tree(spans)).toEqual([
        'chat m CLIENT',
        '  inferway.attempt INTERNAL ERROR',
        '  inferway.attempt INTERNAL',
      ]);
      const chat = only(spans, 'chat m');
      // Of the answer that the caller got, not of the one that broke.
      expect(chat.attributes).toMatchObject({ 'gen_ai.response.id': 'fake-1' });
      expect(chat.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0.2);
    });

    test('a call that no provider takes is one span with the error', async () => {
      const { client } = chain({ a: words }, [trace()]);
      const failing = client.send('chat', { messages: [] }, { model: 'nobody/m', stream: false });
      await expect(failing).rejects.toMatchObject({ code: 'not_found' });
      expect(tree(sdk.spans())).toEqual(['chat m CLIENT ERROR']);
      expect(sdk.spans()[0]?.attributes).toMatchObject({
        'error.type': 'not_found',
        'gen_ai.provider.name': 'nobody',
      });
    });

    test('spans hang below the caller’s, and requests below the attempt', async () => {
      const mark: Middleware = (call, next) => {
        aroundAttempts(call.state, async (inner, _attempt, go) => {
          sdk.mark('POST');
          return go(inner);
        });
        return next(call) as ReturnType<Middleware>;
      };
      const { client } = chain({ a: say('hello') }, [trace(), mark]);
      await sdk.inside('GET /', () => client.chat({ model: 'a/m', messages: question }));
      expect(tree(sdk.spans())).toEqual([
        'GET / INTERNAL',
        '  chat m CLIENT',
        '    inferway.attempt INTERNAL',
        '      POST INTERNAL',
      ]);
      const flat = chain({ a: say('hello') }, [trace({ attempts: false }), mark]);
      sdk.replace();
      await flat.client.chat({ model: 'a/m', messages: question });
      expect(tree(sdk.spans())).toEqual(['chat m CLIENT', '  POST INTERNAL']);
    });

    test('what the cache does is below a pipeline span that was asked for', async () => {
      const lookup: Middleware = (call, next) => {
        sdk.mark('GET redis');
        return next(call) as ReturnType<Middleware>;
      };
      const { client } = chain({ a: say('hello') }, [trace({ pipeline: true }), lookup]);
      await client.chat({ model: 'a/m', messages: question });
      expect(tree(sdk.spans()).toSorted()).toEqual([
        '    inferway.attempt INTERNAL',
        '  GET redis INTERNAL',
        '  chat m CLIENT',
        'inferway.pipeline INTERNAL',
      ]);
    });

    test('another SDK that is registered later gets the later spans', async () => {
      const { client } = chain({ a: say('hello') }, [trace()]);
      await client.chat({ model: 'a/m', messages: question });
      expect(sdk.spans()).toHaveLength(2);
      sdk.replace();
      await client.chat({ model: 'a/m', messages: question });
      expect(sdk.spans()).toHaveLength(2);
    });

    test('the development names are written where asked, by option or environment', async () => {
      const script = [
        accept(),
        emit(start, word('x')),
        usage({ inputTokens: 2, outputTokens: 1, cacheWriteTokens: 1 }),
        fail('stream_interrupted'),
      ];
      vi.stubEnv('OTEL_SEMCONV_STABILITY_OPT_IN', 'http, gen_ai_latest_experimental');
      for (const options of [{ profile: 'latest' }, {}] as const) {
        sdk.replace();
        const { client } = chain({ a: script }, [trace(options)]);
        const request = { model: 'a/m', messages: question, reasoning: 'high' } as const;
        const stream = await client.chat.stream(request);
        await expect(stream.result).rejects.toThrow('interrupted');
        const { attributes } = only(sdk.spans(), 'chat m');
        expect(attributes).toMatchObject({
          'gen_ai.usage.cache_write.input_tokens': 1,
          'gen_ai.request.reasoning.level': 'high',
          'gen_ai.response.finish_reasons': ['error'],
        });
        expect(attributes).not.toHaveProperty(['gen_ai.usage.cache_creation.input_tokens']);
      }
    });

    test('other operations have the conventions’ names, and unknown ones their own', async () => {
      const reply = (call: Call, result: object): never =>
        ({
          stream: false,
          result,
          usage: { inputTokens: 2 },
          meta: { provider: 'a', model: call.model.id },
        }) as never;
      const provider = {
        name: 'a',
        embed: async (call: Call) => reply(call, { embeddings: [[1]], model: 'e-1' }),
        complete: async (call: Call) =>
          reply(call, { text: 'x', finishReason: { unified: 'content-filter' } }),
        classify: async (call: Call) => reply(call, { label: 'x' }),
      } as unknown as Provider;
      const client = createClient({ providers: [provider], middleware: [trace()] });
      const send = (operation: string, request: object): Promise<unknown> =>
        client.send(operation as 'chat', request as never, { model: 'a/m', stream: false });
      await send('embed', { input: 'secret', dimensions: 8, encoding: 'float' });
      await send('complete', { prompt: 'secret', temperature: Number.NaN });
      await send('classify', { text: 'secret', temperature: 'hot', stop: [1, 'b'] });
      const spans = sdk.spans();
      expect(only(spans, 'embeddings m').attributes).toEqual({
        'gen_ai.operation.name': 'embeddings',
        'gen_ai.provider.name': 'a',
        'gen_ai.request.model': 'm',
        'gen_ai.embeddings.dimension.count': 8,
        'gen_ai.request.encoding_formats': ['float'],
        'gen_ai.response.model': 'e-1',
        'gen_ai.usage.input_tokens': 2,
      });
      const completion = only(spans, 'text_completion m').attributes;
      expect(completion).toMatchObject({ 'gen_ai.response.finish_reasons': ['content_filter'] });
      expect(completion).not.toHaveProperty(['gen_ai.request.temperature']);
      expect(only(spans, 'classify m').attributes).toMatchObject({
        'gen_ai.operation.name': 'classify',
        'gen_ai.request.stop_sequences': ['b'],
      });
    });

    test('own attributes and cost aliases are added, and a mistake in them costs no call', async () => {
      const { client } = chain({ a: say('hello') }, [
        trace({
          costAliases: true,
          attributes: (call) => {
            if (call.stream) throw new Error('mistake');
            return { 'gen_ai.conversation.id': 'c-1' };
          },
        }),
        cost({ prices }),
      ]);
      await client.chat({ model: 'a/m', messages: question });
      expect(only(sdk.spans(), 'chat m').attributes).toMatchObject({
        'gen_ai.conversation.id': 'c-1',
        'gen_ai.usage.cost': 0.000012,
        'llm.cost.total': 0.000012,
      });
      const stream = await client.chat.stream({ model: 'a/m', messages: question });
      expect(await stream.text).toBe('hello');
      expect(sdk.spans()).toHaveLength(4);
    });

    test('an unknown cost is left out, not written as 0', async () => {
      const { client } = chain({ a: say('hello') }, [trace({ costAliases: true }), cost()]);
      const answer = await client.chat({ model: 'a/m', messages: question });
      expect(answer.cost).toMatchObject({ known: false });
      const names = Object.keys(only(sdk.spans(), 'chat m').attributes);
      expect(names.filter((name) => name.includes('cost'))).toEqual([]);
    });

    test('calls that run at once keep their own spans', async () => {
      const clock = virtualClock({ wallTime: EPOCH });
      const providers = ['a', 'b'].map((name) =>
        fakeProvider({ name, script: [wait(10), ...say(name)] }),
      );
      const client = createClient({ providers, clock, middleware: [trace(), retry()] });
      const running = Promise.all(
        (['a/1', 'b/2', 'a/3'] as const).map((model) => client.chat({ model, messages: question })),
      );
      await clock.advance(10);
      await running;
      const spans = sdk.spans();
      for (const name of ['chat 1', 'chat 2', 'chat 3']) {
        const { id } = only(spans, name);
        expect(spans.filter(({ parent }) => parent === id)).toHaveLength(1);
      }
    });
  });
}
