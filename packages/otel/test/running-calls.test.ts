import { callId, type State } from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { fallback, retry } from '@inferway/core/middleware';
import { resume } from '@inferway/core/resilience';
import { accept, emit, fail, say, settle, stall, usage, wait } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runningCall } from '../src/running-calls.js';
import { openTelemetry3 } from './sdk-3.js';
import { chain, question } from './suite/chain.js';
import { only, type Telemetry } from './suite/telemetry.js';

let sdk: Telemetry;
beforeEach(() => {
  sdk = openTelemetry3();
});
afterEach(() => sdk.close());

const ask = { model: 'a/m', messages: question } as const;
const state = (of: State): void => of.set(callId, 'mine');

test.each([
  ['answered', say('hello')],
  ['failed', [fail('server')]],
  ['left', [stall()]],
])('a call that is %s is known by its id only while it runs', async (_how, script) => {
  const { client, clock } = chain({ a: [wait(10), ...script] }, [trace()]);
  const controller = new AbortController();
  const running = client.chat(ask, { state, signal: controller.signal });
  const over = running.catch(() => {});
  await settle();
  expect(runningCall('mine')?.alias).toBe('a/m');
  await clock.advance(10);
  controller.abort();
  await over;
  expect(runningCall('mine')).toBeUndefined();
});

test('attempts that go on for others after their caller has left are counted', async () => {
  const { client, clock } = chain(
    { a: (_call, attempt) => [wait(100), ...(attempt === 1 ? [fail('server')] : say('hello'))] },
    [trace(), metrics(), coalesce({ scope: 'shared' }), retry({ baseMs: 10 })],
  );
  const controller = new AbortController();
  const leader = client.chat(ask, { signal: controller.signal }).catch(() => {});
  const other = client.chat(ask);
  await clock.advance(50);
  controller.abort();
  await leader;
  await clock.advance(60_000);
  expect((await other).text).toBe('hello');
  const attempts = (await sdk.points()).filter(({ name }) => name === 'inferway.attempts');
  const ends = attempts.map(({ attributes }) => attributes['inferway.outcome']);
  expect(ends.toSorted()).toEqual(['complete', 'failed']);
  expect(sdk.started()).toBe(sdk.spans().length);
});

test('of a stream that goes on at another target, each span has its own tokens', async () => {
  const half = [
    accept(),
    emit(
      { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
      { type: 'text-delta', index: 0, text: 'half ' },
    ),
    usage({ inputTokens: 7, outputTokens: 1 }),
    fail('stream_interrupted'),
  ];
  const { client, clock } = chain(
    {
      a: (_call, attempt) => (attempt === 1 ? half : [fail('server')]),
      b: say('all', { usage: { inputTokens: 20, outputTokens: 3 } }),
    },
    [trace(), resume({ mode: 'restart' }), fallback('b/n')],
  );
  const running = client.chat.stream(ask);
  await clock.advance(10);
  const result = (await running).result;
  await clock.advance(60_000);
  expect((await result).usage?.inputTokens).toBe(27);
  const tokens = (name: string): unknown =>
    only(sdk.spans(), name).attributes['gen_ai.usage.input_tokens'];
  expect(tokens('chat n')).toBe(20);
  expect(only(sdk.spans(), 'inferway.pipeline').attributes).toMatchObject({
    'inferway.resume.count': 1,
    'inferway.fallback.count': 1,
  });
});
