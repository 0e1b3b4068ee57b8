import { createClient, tell, type ChainEvent, type Middleware } from '@inferway/core';
import { cost, formatEvent, monitor, priceTable, standard } from '@inferway/core/middleware';
import {
  bytes,
  fail,
  fakeError,
  fakeProvider,
  say,
  virtualClock,
  wait,
  type Script,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;
const prices = priceTable({ 'a/x': { input: 1, output: 1 } });

function setUp(script: Script, middleware?: (outer: Middleware) => readonly Middleware[]) {
  const clock = virtualClock();
  const heard: ChainEvent[] = [];
  const outer = monitor({ onEvent: (event) => heard.push(event) });
  const chain = middleware?.(outer) ?? standard({ outer: [outer], cost: { prices } });
  const provider = fakeProvider({ name: 'a', script });
  const client = createClient({ providers: [provider], middleware: chain, clock });
  const of = <T extends ChainEvent['type']>(type: T) =>
    heard.filter((event): event is Extract<ChainEvent, { type: T }> => event.type === type);
  return { clock, client, heard, of };
}

describe('monitor tells', () => {
  test('each attempt with its target, bytes, tokens and cost, then the call', async () => {
    const flaky: Script = (_call, attempt) =>
      attempt === 1 ? [wait(30), fail('overloaded')] : [wait(20), bytes(7), ...say('one two')];
    const { client, clock, of, heard } = setUp(flaky);
    const answering = client.chat({ model: 'a/x', messages });
    await clock.advance(60_000);
    await answering;
    expect(of('attempt')).toEqual([
      expect.objectContaining({
        number: 1,
        provider: 'a',
        model: 'x',
        status: 'failed',
        error: 'overloaded',
        durationMs: 30,
        bytes: 0,
        costState: 'none',
        costNanoUsd: 0,
      }),
      expect.objectContaining({
        number: 2,
        status: 'complete',
        durationMs: 20,
        firstByteMs: 20,
        usage: { inputTokens: 10, outputTokens: 2 },
        costState: 'exact',
        costNanoUsd: 12_000,
      }),
    ]);
    expect(of('attempt')[1]?.bytes).toBeGreaterThan(7);
    expect(of('call')).toEqual([
      expect.objectContaining({
        status: 'complete',
        attempts: 2,
        operation: 'chat',
        stream: false,
      }),
    ]);
    expect(heard.at(-1)?.type).toBe('call');
  });

  test('a stream once it has ended, and how', async () => {
    const { client, of } = setUp(say('one two three'));
    const stream = await client.chat.stream({ model: 'a/x', messages });
    expect(of('call')).toEqual([]);
    for await (const _event of stream) break;
    expect(of('attempt')).toEqual([
      expect.objectContaining({ status: 'cancelled', error: 'aborted', costState: 'estimated' }),
    ]);
    expect(of('call')).toEqual([expect.objectContaining({ status: 'cancelled', stream: true })]);
  });

  test('what may have been billed although it failed', async () => {
    const lost = fail(fakeError('connection', { sent: 'maybe', retryable: false }));
    const { client, of } = setUp([lost]);
    await errorOf(client.chat({ model: 'a/x', messages }));
    expect(of('attempt')).toEqual([
      expect.objectContaining({ status: 'failed', costState: 'possibly-billed' }),
    ]);
    expect(of('call')).toEqual([
      expect.objectContaining({ status: 'failed', error: 'connection' }),
    ]);
  });

  test('nothing of the price without a price, or without cost', async () => {
    const unpriced = setUp(say('x'), (outer) => [outer, cost()]);
    await unpriced.client.chat({ model: 'a/x', messages });
    const uncosted = setUp(say('x'), (outer) => [outer]);
    await uncosted.client.chat({ model: 'a/x', messages });
    for (const { of } of [unpriced, uncosted]) {
      expect(of('attempt')).toEqual([
        expect.objectContaining({ costState: 'unknown', costNanoUsd: undefined }),
      ]);
    }
  });

  test('each event once to each of two', async () => {
    const heard: string[] = [];
    const second = monitor({ onEvent: ({ type }) => heard.push(type) });
    const { client, of } = setUp(say('x'), (outer) => [outer, second]);
    await client.chat({ model: 'a/x', messages });
    expect(of('attempt')).toHaveLength(1);
    expect(heard).toEqual(['attempt', 'call']);
  });

  test('and who throws while he listens breaks nothing', async () => {
    const broken = monitor({
      onEvent() {
        throw new Error('no');
      },
    });
    const { client, of } = setUp(say('fine'), (outer) => [broken, outer]);
    expect((await client.chat({ model: 'a/x', messages })).text).toBe('fine');
    expect(of('call')).toHaveLength(1);
  });
});

test('refuses to be without a listener', () => {
  expect(() => monitor({} as never)).toThrow(
    expect.objectContaining({ code: 'configuration', param: 'onEvent' }),
  );
});

test('formatEvent writes one line that nothing can break', async () => {
  const { client, heard } = setUp(say('one'), (outer) => [
    outer,
    async function odd(call, next) {
      tell(call, { type: 'guard', hook: 'a "b"\n=c', on: 'request', verdict: 'deny' });
      return next(call);
    },
    cost({ prices }),
  ]);
  await client.chat({ model: 'a/x', messages });
  const lines = heard.map((event) => formatEvent(event));
  expect(lines[0]).toBe('guard hook="a \\"b\\"\\n=c" on=request verdict=deny');
  expect(lines[1]).toMatch(
    /^attempt number=1 provider=a model=x status=complete durationMs=0 .*usage\.inputTokens=10 .*cost=\$0\.000011 costState=exact$/u,
  );
  expect(lines.join('\n').split('\n')).toHaveLength(3);
});
