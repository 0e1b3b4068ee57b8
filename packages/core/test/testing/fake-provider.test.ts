import { createClient } from '@inferway/core';
import {
  accept,
  emit,
  fail,
  fakeError,
  fakeProvider,
  result,
  say,
  stall,
  usage,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const input = { model: 'fake/m', messages: [] } as const;

describe('a script', () => {
  test('serves both shapes, written as events or as a result', async () => {
    const answer = {
      message: { role: 'assistant', content: [{ type: 'text', text: 'hi' }] },
      finishReason: { unified: 'stop' },
    };
    for (const script of [say('hi'), [usage({ inputTokens: 1 }), result(answer)]]) {
      const client = createClient({ providers: [fakeProvider({ script })] });
      expect((await client.chat(input)).text).toBe('hi');
      expect(await (await client.chat.stream(input)).text).toBe('hi');
    }
  });

  test('takes time in the clock of the client', async () => {
    const clock = virtualClock();
    const client = createClient({
      providers: [fakeProvider({ script: [wait(50), ...say('x')] })],
      clock,
    });
    let done = false;
    const call = client.chat(input).then(() => (done = true));
    await clock.advance(49);
    expect(done).toBe(false);
    await clock.advance(1);
    await call;
    expect(clock.now()).toBe(50);
  });

  test('may differ from attempt to attempt', async () => {
    const provider = fakeProvider({ script: (_call, attempt) => say(`number ${attempt}`) });
    const client = createClient({ providers: [provider] });
    await client.chat(input);
    expect((await client.chat(input)).text).toBe('number 2');
    expect(provider.attempts.length).toBe(2);
  });

  test('fails before the answer, or in the middle of it', async () => {
    const before = createClient({ providers: [fakeProvider({ script: [fail('overloaded')] })] });
    expect((await errorOf(before.chat.stream(input))).code).toBe('overloaded');
    const within = createClient({
      providers: [
        fakeProvider({
          script: [
            accept(),
            emit({ type: 'start' }),
            fail(fakeError('connection', { sent: 'maybe' })),
          ],
        }),
      ],
    });
    const stream = await within.chat.stream(input);
    expect(await errorOf(stream.result)).toMatchObject({ code: 'connection', sent: 'maybe' });
    expect((await errorOf(within.chat(input))).code).toBe('connection');
  });

  test('that cannot serve the shape says how to write it', async () => {
    const provider = fakeProvider({ operations: ['embed'], script: [emit({ type: 'x' })] });
    const client = createClient({ providers: [provider] });
    const error = await errorOf(client.embed({ model: 'fake/m', input: 'x' }));
    expect(error.code).toBe('configuration');
    expect(error.message).toContain('result()');
  });
});

describe('what it remembers', () => {
  test('counts as open until it ended or the chain let go', async () => {
    const provider = fakeProvider({ script: [...say('a b').slice(0, 4), stall()] });
    const client = createClient({ providers: [provider] });
    const stream = await client.chat.stream(input);
    expect(provider.open).toBe(1);
    stream.cancel();
    expect(provider.open).toBe(0);
    expect(provider.attempts[0]?.cancelled?.code).toBe('aborted');
  });

  test('is closed and not cancelled when it was read to its end', async () => {
    const provider = fakeProvider({ script: say('a b') });
    const client = createClient({ providers: [provider] });
    await (
      await client.chat.stream(input)
    ).result;
    expect(provider.attempts).toMatchObject([{ closed: true }]);
    expect(provider.attempts[0]?.cancelled).toBeUndefined();
  });
});

test('without an operation there is nothing to fake', () => {
  expect(() => fakeProvider({ operations: [], script: [] })).toThrow(
    expect.objectContaining({ code: 'configuration' }),
  );
});
