import { callId, listen, tell, type ChainEvent, type Middleware, type State } from '@inferway/core';
import { cache, coalesce } from '@inferway/core/caching';
import { guard, guardHook } from '@inferway/core/guards';
import { idempotency, idempotencyKey } from '@inferway/core/idempotency';
import { limit } from '@inferway/core/limits';
import { cost, fallback, monitor, priceTable, retry, standard } from '@inferway/core/middleware';
import { circuitBreaker, hedge, resume } from '@inferway/core/resilience';
import { createRouter, route } from '@inferway/core/routing';
import { budget } from '@inferway/core/spending';
import { memoryQuota } from '@inferway/core/stores';
import { accept, emit, fail, fakeError, say, settle, usage, wait } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chain, question } from './chain.js';
import { only, tree, type MetricPoint, type Telemetry } from './telemetry.js';

const prices = priceTable({ 'a/*': { input: 1, output: 2 }, 'b/*': { input: 1, output: 2 } });
const ask = { model: 'a/m', messages: question } as const;

/** What spans and metrics tell of each layer, with the layers themselves. */
export function layersSuite(generation: string, openSdk: () => Telemetry): void {
  describe(`layers with ${generation}`, () => {
    let sdk: Telemetry;
    beforeEach(() => {
      sdk = openSdk();
    });
    afterEach(() => sdk.close());
    const outer = (): Middleware[] => [trace(), metrics()];
    const pipeline = (): Readonly<Record<string, unknown>> =>
      only(sdk.spans(), 'inferway.pipeline').attributes;
    const counted = async (name: string): Promise<readonly MetricPoint[]> =>
      (await sdk.points()).filter((point) => point.name === `inferway.${name}`);
    const shown = async (name: string): Promise<unknown[]> =>
      (await counted(name)).map(({ attributes, sum }) => [...Object.values(attributes), sum]);

    test('a cache tells kind, age and savings, and its refresh is a trace of its own that points to the call', async () => {
      const { client, clock } = chain({ a: say('hello') }, [
        ...outer(),
        cache({ scope: 'shared', ttlMs: 1000, staleMs: 10_000 }),
        cost({ prices }),
      ]);
      await client.chat(ask);
      await clock.advance(500);
      await client.chat(ask);
      await clock.advance(1000);
      await sdk.inside('GET /', () => client.chat(ask));
      await settle();
      await clock.advance(100);
      const [miss, hit, stale] = sdk.spans().filter(({ name }) => name === 'inferway.pipeline');
      expect(miss?.attributes).toMatchObject({
        'inferway.cache.kind': 'exact',
        'inferway.cache.result': 'miss',
      });
      expect(hit?.attributes).toMatchObject({
        'inferway.cache.result': 'hit',
        'inferway.cache.age_ms': 500,
        'inferway.cost.saved': 0.000012,
        'inferway.cost.total': 0,
      });
      expect(stale?.attributes).toMatchObject({ 'inferway.cache.stale': true });
      const refresh = sdk
        .spans()
        .filter(({ name }) => name === 'chat m')
        .at(-1);
      expect(refresh).toMatchObject({ parent: undefined, links: [stale?.id] });
      expect(await shown('cache.lookups')).toEqual([
        ['exact', 'miss', 1],
        ['exact', 'hit', 1],
        ['exact', 'stale', 1],
      ]);
      expect((await counted('cache.saved'))[0]).toMatchObject({ unit: 'USD' });
      expect((await counted('cache.saved'))[0]?.sum).toBeCloseTo(0.000024, 12);
      expect(await shown('cache.refreshes')).toEqual([['done', 1]]);
      // The refresh is paid for, too.
      expect((await counted('cost'))[0]?.sum).toBeCloseTo(0.000024, 12);
    });

    test('who joins a call points to it, has no span of a model and costs nothing', async () => {
      const { client, clock } = chain({ a: [wait(50), ...say('hello')] }, [
        ...outer(),
        coalesce({ scope: 'shared' }),
        cost({ prices }),
      ]);
      const calls = [client.chat(ask), client.chat(ask), client.chat(ask)];
      await clock.advance(50);
      await Promise.all(calls);
      const spans = sdk.spans();
      const joined = spans.filter(({ name }) => name === 'inferway.pipeline');
      expect(joined).toHaveLength(2);
      expect(spans.filter(({ name }) => name === 'chat m')).toHaveLength(1);
      for (const { links, attributes } of joined) {
        expect(links).toEqual([only(spans, 'chat m').id]);
        expect(attributes).toMatchObject({
          'inferway.coalesce.joined': true,
          'inferway.cost.total': 0,
        });
      }
      expect(await shown('coalesced')).toEqual([[2]]);
      expect((await counted('cost'))[0]?.sum).toBeCloseTo(0.000012, 12);
    });

    test('a repeat is a call without attempts that says what it got, and costs nothing', async () => {
      const { client } = chain({ a: say('once') }, [
        ...outer(),
        idempotency({ scope: 'shared' }),
        cost({ prices }),
      ]);
      const once = { state: (state: State) => state.set(idempotencyKey, 'k') };
      for (let times = 0; times < 3; times++) await client.chat(ask, once);
      const spans = sdk.spans();
      const results = spans.flatMap(
        ({ attributes }) => attributes['inferway.idempotency.result'] ?? [],
      );
      expect(results).toEqual(['first', 'replayed', 'replayed']);
      expect(spans.filter(({ name }) => name === 'chat m')).toHaveLength(1);
      expect(await shown('idempotency.calls')).toEqual([
        ['first', 1],
        ['replayed', 2],
      ]);
      expect(await counted('cost')).toHaveLength(1);
    });

    test('a hedge to another target is a span beside the first with a link, and both are paid for', async () => {
      const { client, clock } = chain({ a: [wait(500), ...say('late')], b: say('soon') }, [
        ...outer(),
        hedge({ delayMs: 100, targets: ['b/n'], share: 1 }),
        cost({ prices }),
      ]);
      const running = client.chat(ask);
      await clock.advance(100);
      expect((await running).text).toBe('soon');
      await clock.advance(1000);
      const spans = sdk.spans();
      expect(tree(spans)).toEqual([
        'inferway.pipeline INTERNAL',
        '  chat m CLIENT',
        '    inferway.attempt INTERNAL',
        '  chat n CLIENT',
        '    inferway.attempt INTERNAL',
      ]);
      expect(only(spans, 'chat n').links).toEqual([only(spans, 'chat m').id]);
      expect(pipeline()).toMatchObject({ 'inferway.hedge.copies': 1, 'inferway.hedge.won': 2 });
      const copy = spans.find(({ attributes }) => attributes['inferway.hedge.copy'] !== undefined);
      expect(copy?.attributes).toMatchObject({
        'inferway.hedge.copy': 2,
        'inferway.hedge.reason': 'slow',
      });
      expect(await shown('hedges')).toEqual([['b', 'n', 'slow', 1]]);
      expect(await shown('hedge.wins')).toEqual([['b', 'n', 1]]);
      const ends = (await counted('attempts')).map(({ attributes }) => attributes);
      expect(ends.map((labels) => labels['inferway.outcome'])).toEqual(['complete', 'cancelled']);
    });

    test('a hedge at the same target is a second attempt in its one span', async () => {
      const { client, clock } = chain(
        { a: (_call, attempt) => (attempt === 1 ? [wait(500), ...say('late')] : say('soon')) },
        [...outer(), hedge({ delayMs: 100, share: 1 })],
      );
      const running = client.chat(ask);
      await clock.advance(1000);
      await running;
      const spans = sdk.spans();
      expect(tree(spans)).toEqual([
        'inferway.pipeline INTERNAL',
        '  chat m CLIENT',
        '    inferway.attempt INTERNAL',
        '    inferway.attempt INTERNAL',
      ]);
      const [one, two] = spans.filter(({ name }) => name === 'inferway.attempt');
      const linked = [one, two].filter((span) => span?.links.length === 1);
      expect(linked).toHaveLength(1);
      expect([one?.id, two?.id]).toContain(linked[0]?.links[0]);
      expect(linked[0]?.attributes).toMatchObject({ 'inferway.attempt.number': 2 });
    });

    test('what failed attempts cost is in the total, with what may not be billed apart', async () => {
      const broken = fakeError('stream_interrupted');
      const { client, clock } = chain(
        {
          a: (_call, attempt) =>
            attempt === 1
              ? [accept(), usage({ inputTokens: 100, outputTokens: 0 }), fail(broken)]
              : say('hello'),
        },
        [...outer(), retry(), cost({ prices })],
      );
      const running = client.chat.stream(ask);
      await clock.advance(60_000);
      const answer = await (await running).result;
      const spans = sdk.spans();
      const chat = only(spans, 'chat m');
      const first = spans.find(({ attributes }) => attributes['inferway.attempt.number'] === 1);
      expect(first?.attributes).toMatchObject({
        'inferway.attempt.cost': 0.0001,
        'inferway.attempt.usage.input_tokens': 100,
      });
      expect(chat.attributes['inferway.cost.total']).toBeCloseTo(0.000112, 12);
      expect(chat.attributes['gen_ai.usage.input_tokens']).toBe(answer.usage?.inputTokens);
      const spent = (await counted('cost')).reduce((sum, point) => sum + point.sum, 0);
      expect(spent).toBeCloseTo(0.000112, 12);
      expect(await shown('retries')).toEqual([['a', 'm', 'stream_interrupted', 1]]);
    });

    test('a budget tells what it holds on the attempt, and what it refuses on the call, and nobody’s name', async () => {
      const { client } = chain({ a: say('hello') }, [
        ...outer(),
        budget({
          store: memoryQuota(),
          prices,
          budgets: [{ name: 'each', per: 'user', period: 'day', usd: 0.02 }],
        }),
        cost({ prices }),
      ]);
      const request = { ...ask, user: 'user-17', maxOutputTokens: 4000 };
      await client.chat(request);
      expect(only(sdk.spans(), 'inferway.attempt').attributes).toMatchObject({
        'inferway.budget.decision': 'settled',
        'inferway.budget.settled': 0.000012,
      });
      sdk.replace();
      const dear = client.chat({ ...request, maxOutputTokens: 1_000_000 });
      await expect(dear).rejects.toMatchObject({ code: 'budget' });
      expect(JSON.stringify(sdk.spans())).toContain('"inferway.budget.decision":"refused"');
      const [refusal] = await counted('budget.refusals');
      expect(refusal?.attributes).toMatchObject({ 'inferway.budget': 'each' });
      expect(JSON.stringify([await sdk.points(), sdk.spans()])).not.toContain('user-17');
    });

    test('waits and refusals of limits are told, with how long they took', async () => {
      const { client, clock } = chain({ a: [wait(250), ...say('hello')] }, [
        ...outer(),
        limit({
          store: memoryQuota(),
          rules: [{ name: 'places', per: 'all', concurrency: 1 }],
          queue: { maxWaiting: 1 },
        }),
      ]);
      const calls = [client.chat(ask), client.chat(ask)];
      await settle();
      await expect(client.chat(ask)).rejects.toMatchObject({ code: 'rate_limit' });
      await clock.advance(1000);
      await Promise.all(calls);
      const waited = sdk.spans().find(({ attributes }) => attributes['inferway.limit.wait_ms']);
      expect(waited?.attributes).toMatchObject({
        'inferway.limit.waits': 1,
        'inferway.limit.waited_for': ['places'],
      });
      const [wait_] = await counted('limit.wait.duration');
      expect(wait_).toMatchObject({
        unit: 's',
        count: 1,
        attributes: { 'inferway.limit': 'places', 'inferway.result': 'admitted' },
      });
      expect(wait_?.sum).toBe((waited?.attributes['inferway.limit.wait_ms'] as number) / 1000);
      expect(wait_?.sum).toBeGreaterThanOrEqual(0.25);
      expect(await shown('limit.refusals')).toEqual([
        ['places', 'concurrency', 'all', 'queue-full', 1],
      ]);
    });

    test('breakers tell what they refuse and how they change', async () => {
      const { client } = chain({ a: [fail('server')], b: say('hello') }, [
        ...outer(),
        fallback('b/n'),
        circuitBreaker({ minCalls: 2 }),
      ]);
      for (let i = 0; i < 8; i++) await client.chat(ask);
      const refused = sdk
        .spans()
        .filter(({ attributes }) => attributes['inferway.breaker.refused']);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused[0]?.attributes).toMatchObject({
        'inferway.breaker.refused': ['a/m'],
        'inferway.breaker.state': 'open',
      });
      expect(await shown('breaker.transitions')).toMatchObject([['a', 'm', 'open', 'server', 1]]);
      expect((await counted('breaker.refusals'))[0]?.sum).toBe(refused.length);
    });

    test('routes tell what they chose and why, guards what they did', async () => {
      const router = createRouter({ routes: { fast: { targets: ['a/m', 'b/n'] } } });
      const hook = guardHook('chat', {
        name: 'polite',
        before: (call) => ({ verdict: 'replace', request: call.request }),
      });
      const { client } = chain({ a: [fail('server')], b: say('hello') }, [
        ...outer(),
        guard(hook),
        route(router),
      ]);
      await client.chat({ ...ask, model: 'route/fast' as never });
      expect(pipeline()).toMatchObject({
        'inferway.route.name': 'route/fast',
        'inferway.route.chosen': 'a/m',
        'inferway.route.candidates': 2,
        'inferway.guard.verdicts': ['polite request: replace'],
        'inferway.fallback.count': 1,
      });
      expect(only(sdk.spans(), 'chat n').attributes).toMatchObject({
        'inferway.fallback.reason': 'server',
      });
      expect(await shown('guard.verdicts')).toEqual([['polite', 'request', 'replace', 1]]);
      expect(await shown('fallbacks')).toEqual([['b', 'n', 'a/m', 'server', 1]]);
    });

    test('a stream that goes on keeps its first chunk, and counts each attempt’s tokens once', async () => {
      const half = [
        accept(),
        wait(100),
        emit(
          { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
          { type: 'text-delta', index: 0, text: 'half ' },
        ),
        usage({ inputTokens: 7, outputTokens: 1 }),
        fail('stream_interrupted'),
      ];
      const { client, clock } = chain(
        { a: (_call, attempt) => (attempt === 1 ? half : [wait(300), ...say('all of it')]) },
        [...outer(), resume({ mode: 'restart' }), cost({ prices })],
      );
      const running = client.chat.stream(ask);
      await clock.advance(10);
      const result = (await running).result;
      await clock.advance(60_000);
      await result;
      const chat = only(sdk.spans(), 'chat m');
      expect(chat.attributes).toMatchObject({
        'inferway.resume.count': 1,
        'inferway.resume.mode': 'restart',
        'inferway.resume.reason': 'stream_interrupted',
        'gen_ai.response.time_to_first_chunk': 0.11,
      });
      expect(await shown('resumes')).toEqual([['a', 'm', 'restart', 'stream_interrupted', 1]]);
    });

    test('the monitor and the metrics count the same attempts and the same money', async () => {
      const heard: ChainEvent[] = [];
      const { client, clock } = chain(
        {
          a: (_call, attempt) => (attempt % 2 === 1 ? [fail('connection')] : [fail('server')]),
          b: say('hello'),
        },
        standard({
          outer: [...outer(), monitor({ onEvent: (event) => heard.push(event) })],
          cache: cache({ scope: 'shared', ttlMs: 1000, staleMs: 60_000 }),
          fallback: { targets: ['b/n'] },
          retry: { attempts: 3 },
          cost: { prices },
        }),
      );
      for (let i = 0; i < 3; i++) {
        const running = client.chat(ask);
        await clock.advance(30_000);
        await running;
      }
      const attempts = heard.filter((event) => event.type === 'attempt');
      const sum = (points: readonly MetricPoint[]): number =>
        points.reduce((total, point) => total + point.sum, 0);
      expect(attempts.length).toBeGreaterThan(6);
      expect(sum(await counted('attempts'))).toBe(attempts.length);
      const money = attempts.reduce((total, { costNanoUsd = 0 }) => total + costNanoUsd, 0);
      expect(sum(await counted('cost'))).toBeCloseTo(money / 1e9, 12);
      for (const { attributes } of await counted('cost')) {
        const state = attributes['inferway.cost.state'];
        expect(attempts.map(({ costState }) => costState)).toContain(state);
      }
      const spans = sdk.spans().filter(({ name }) => name === 'inferway.attempt');
      expect(spans).toHaveLength(attempts.length);
    });

    test('callers cannot grow the labels of events, and events of others are left out', async () => {
      const noisy: Middleware = (call, next) => {
        for (let i = 0; i < 300; i++) {
          tell(call, {
            type: 'limit-refused',
            limit: `tenant-${i}`,
            unit: 'requests',
            per: 'x',
            reason: 'full',
          });
          tell(call, {
            type: 'retry',
            target: `a/m-${i}`,
            reason: 'server',
            attempt: 1,
            delayMs: 1,
          });
        }
        tell(call, { type: '__proto__', secret: 'x' } as never);
        tell(call, { type: 'somebody-else', secret: 'x' } as never);
        return next(call) as ReturnType<Middleware>;
      };
      const { client } = chain({ a: say('hello') }, [trace(), metrics({ maxModels: 3 }), noisy]);
      await client.chat(ask);
      expect((await counted('limit.refusals')).length).toBeLessThanOrEqual(201);
      expect((await counted('retries')).length).toBeLessThanOrEqual(4);
      expect((pipeline()['inferway.limit.refused_by'] as string[]).length).toBeLessThanOrEqual(32);
      expect(JSON.stringify([sdk.spans(), await sdk.points()])).not.toContain('secret"');
    });

    test('listeners of others hear on, and a call id of one’s own is kept', async () => {
      const heard: string[] = [];
      const { client, clock } = chain(
        { a: (_call, attempt) => (attempt === 1 ? [fail('server')] : say('hello')) },
        [...outer(), retry()],
      );
      let own: State | undefined;
      const running = client.chat(ask, {
        state: (state) => {
          own = state;
          state.set(callId, 'mine');
          listen(state, ({ type }) => heard.push(type));
        },
      });
      await clock.advance(60_000);
      await running;
      expect(heard).toEqual(['retry']);
      expect(own?.get(callId)).toBe('mine');
    });
  });
}
