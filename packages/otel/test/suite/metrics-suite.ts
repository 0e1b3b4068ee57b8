import { createClient, type Call, type Provider } from '@inferway/core';
import { cache } from '@inferway/core/caching';
import { fallback, retry } from '@inferway/core/middleware';
import { accept, emit, fail, say, usage, wait } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chain, question } from './chain.js';
import { only, type MetricPoint, type Telemetry } from './telemetry.js';

const DURATION = 'gen_ai.client.operation.duration';
const TOKENS = 'gen_ai.client.token.usage';
const base = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'a',
  'gen_ai.request.model': 'm',
};

/** What metrics look like, whichever SDK keeps them. */
export function metricsSuite(generation: string, openSdk: () => Telemetry): void {
  describe(`metrics with ${generation}`, () => {
    let sdk: Telemetry;
    const conventional = async (): Promise<readonly MetricPoint[]> =>
      (await sdk.points()).filter(({ name }) => name.startsWith('gen_ai.'));
    const named = async (name: string): Promise<readonly MetricPoint[]> =>
      (await sdk.points()).filter((point) => point.name === name);
    beforeEach(() => {
      sdk = openSdk();
    });
    afterEach(() => sdk.close());

    test('a call is measured once, as long as its span, with the conventions’ buckets', async () => {
      const script = [
        wait(250),
        ...say('one two', { usage: { inputTokens: 30, outputTokens: 2 } }),
      ];
      const { client, clock } = chain({ a: script }, [
        trace(),
        metrics({ servers: { a: 'http://localhost:8000/v1' } }),
      ]);
      const running = client.chat({ model: 'a/m', messages: question, user: 'user-17' });
      await clock.advance(250);
      await running;
      const points = await sdk.points();
      expect(
        points
          .map(({ name, unit }) => `${name} ${unit}`)
          .toSorted()
          .slice(0, 3),
      ).toEqual([`${DURATION} s`, `${TOKENS} {token}`, `${TOKENS} {token}`]);
      const server = { 'server.address': 'localhost', 'server.port': 8000 };
      const [duration] = await named(DURATION);
      expect(duration).toMatchObject({ count: 1, sum: 0.25, attributes: { ...base, ...server } });
      expect(Object.keys(duration?.attributes ?? {})).toHaveLength(5);
      expect(duration?.boundaries).toEqual([
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
      ]);
      const chat = only(sdk.spans(), 'chat m');
      expect(chat.endMs - chat.startMs).toBeCloseTo(250, 2);
      const tokens = await named(TOKENS);
      expect(tokens.map(({ attributes, sum }) => [attributes['gen_ai.token.type'], sum])).toEqual([
        ['input', 30],
        ['output', 2],
      ]);
      expect(tokens[0]?.boundaries?.at(-1)).toBe(67_108_864);
      expect(JSON.stringify(points)).not.toMatch(/secret|user-17/u);
    });

    test('streams add the time to the first chunk and between chunks', async () => {
      const word = { type: 'text-delta', index: 0, text: 'x' };
      const script = [
        accept(),
        wait(100),
        emit({ type: 'start', model: 'm-1' }),
        wait(20),
        emit(word, word, word),
        wait(60),
        emit(word),
        emit({ type: 'finish', finishReason: { unified: 'stop' } }),
      ];
      const { client, clock } = chain({ a: script }, [metrics()]);
      const reading = client.chat.stream({ model: 'a/m', messages: question });
      const result = (await reading).result;
      await clock.advance(1000);
      await result;
      const [first] = await named('gen_ai.client.operation.time_to_first_chunk');
      expect(first).toMatchObject({ count: 1, sum: 0.1, attributes: base });
      const [between] = await named('gen_ai.client.operation.time_per_output_chunk');
      expect(between?.count).toBe(3);
      expect(between?.sum).toBeCloseTo(0.08, 9);
      const [duration] = await named(DURATION);
      expect(duration?.attributes).toMatchObject({ 'gen_ai.response.model': 'm-1' });
    });

    test('retries are one measurement, a fallback one for each target', async () => {
      const { client, clock } = chain({ a: [fail('server')], b: say('hello') }, [
        metrics(),
        fallback('b/n'),
        retry({ attempts: 2 }),
      ]);
      const running = client.chat({ model: 'a/m', messages: question });
      await clock.advance(60_000);
      await running;
      const durations = await named(DURATION);
      expect(
        durations.map(({ count, attributes }) => [
          attributes['gen_ai.provider.name'],
          attributes['error.type'],
          count,
        ]),
      ).toEqual([
        ['a', 'server', 1],
        ['b', undefined, 1],
      ]);
      expect(await named(TOKENS)).toHaveLength(2);
    });

    test('a cache hit and unreported usage are no tokens', async () => {
      const { client } = chain({ a: say('hello', { usage: null }) }, [
        metrics(),
        cache({ scope: 'shared' }),
      ]);
      for (let i = 0; i < 3; i++) await client.chat({ model: 'a/m', messages: question });
      expect(await named(TOKENS)).toEqual([]);
      expect(await named(DURATION)).toMatchObject([{ count: 1 }]);
    });

    test('a cancelled call is measured and is no error', async () => {
      const { client } = chain({ a: say('one two three') }, [metrics()]);
      const stream = await client.chat.stream({ model: 'a/m', messages: question });
      for await (const event of stream) if (event.type === 'text-delta') break;
      const [duration] = await named(DURATION);
      expect(duration?.count).toBe(1);
      expect(duration?.attributes).not.toHaveProperty(['error.type']);
    });

    test('callers cannot grow the set of labels', async () => {
      const { client } = chain(
        { a: (call) => (call.model.id.startsWith('no') ? [fail('not_found')] : say('x')) },
        [metrics({ maxModels: 2 })],
      );
      const ask = (model: `a/${string}`): Promise<unknown> =>
        client.chat({ model, messages: question }).catch(() => undefined);
      for (const id of ['one', 'none', 'nowhere', 'two', 'three', 'four']) await ask(`a/${id}`);
      await ask('nobody/x' as 'a/x');
      const models = (await named(DURATION)).map(({ attributes }) => [
        attributes['gen_ai.provider.name'],
        attributes['gen_ai.request.model'],
      ]);
      expect(models).toEqual([
        ['a', 'one'],
        ['a', '_OTHER'],
        ['a', 'two'],
        ['a', '_OTHER'],
        ['_OTHER', '_OTHER'],
      ]);
    });

    test('an SDK that is registered after the first call gets the later ones', async () => {
      const { client } = chain({ a: say('hello') }, [metrics()]);
      await client.chat({ model: 'a/m', messages: question });
      sdk.replace();
      await client.chat({ model: 'a/m', messages: question });
      expect(await named(DURATION)).toMatchObject([{ count: 1 }]);
    });

    test('the development profile counts tokens and renames durations', async () => {
      const script = [
        accept(),
        usage({ inputTokens: 30, inputAudioTokens: 10, outputTokens: 5, cacheReadTokens: 4 }),
        emit({ type: 'finish', finishReason: { unified: 'stop' } }),
      ];
      const { client } = chain({ a: script, b: [fail('server')] }, [
        metrics({ profile: 'latest' }),
      ]);
      await (
        await client.chat.stream({ model: 'a/m', messages: question })
      ).result;
      const failing = client.chat({ model: 'b/n', messages: question });
      await expect(failing).rejects.toThrow('server');
      const points = await conventional();
      const told = points.map(({ name, attributes, sum }) => [
        name.replace('gen_ai.client.inference.', ''),
        attributes['gen_ai.provider.name'],
        attributes['gen_ai.token.modality'],
        sum,
      ]);
      expect(told).toEqual([
        ['duration', 'a', undefined, 0],
        ['duration', 'b', undefined, 0],
        ['time_to_first_chunk', 'a', undefined, 0],
        ['operation.input_tokens', 'a', undefined, 30],
        ['operation.output_tokens', 'a', undefined, 5],
        ['usage.input_tokens', 'a', 'audio', 10],
        ['usage.input_tokens', 'a', 'unknown', 20],
        ['usage.input_tokens', 'b', 'unknown', 0],
        ['usage.output_tokens', 'a', 'unknown', 5],
        ['usage.output_tokens', 'b', 'unknown', 0],
        ['usage.cache_read.input_tokens', 'a', 'unknown', 4],
      ]);
      const failed = points.find(({ attributes }) => attributes['gen_ai.provider.name'] === 'b');
      expect(failed?.attributes).toMatchObject({ 'error.type': 'server' });
    });

    test('an operation that is no inference keeps the old name of its duration', async () => {
      const provider = {
        name: 'a',
        embed: async (call: Call) => ({
          stream: false,
          result: { embeddings: [[1]] },
          usage: { inputTokens: 2, estimated: true },
          meta: { provider: 'a', model: call.model.id },
        }),
      } as unknown as Provider;
      const middleware = [metrics({ profile: 'latest' }), metrics({ profile: '1.41' })];
      const client = createClient({ providers: [provider], middleware });
      await client.send('embed', { input: 'x' }, { model: 'a/m', stream: false });
      const names = (await conventional()).map(({ name }) => name);
      expect(names).toEqual([DURATION, DURATION].slice(0, names.length));
      expect(await named(TOKENS)).toEqual([]);
    });
  });
}
