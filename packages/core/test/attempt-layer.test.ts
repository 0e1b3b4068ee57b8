import {
  aroundAttempts,
  createClient,
  InferwayError,
  observe,
  observeAttempts,
  type AnyReply,
  type Attempt,
  type Call,
  type Middleware,
  type Provider,
} from '@inferway/core';
import { fail, fakeProvider, say } from '@inferway/core/testing';
import { expect, test } from 'vitest';

const provider = (name: string, fails: boolean): Provider => ({
  name,
  async chat(call) {
    if (fails) throw new InferwayError('overloaded', { message: 'busy', status: 503 });
    const reply: AnyReply = {
      stream: false,
      result: {
        message: { role: 'assistant', content: [{ type: 'text', text: 'hi' }] },
        finishReason: { unified: 'stop' },
      },
      meta: { provider: name, model: call.model.id },
    };
    return reply as never;
  },
});

// Tries the other provider once: what a fallback does, in three lines.
const other: Middleware = async (call, next) => {
  try {
    return await next(call);
  } catch {
    return next({ ...call, model: { provider: 'good', id: 'm' } });
  }
};

test('every attempt passes the layers right above the provider, outer ones first', async () => {
  const seen: string[] = [];
  const layer =
    (name: string) =>
    (state: Call['state']): void =>
      aroundAttempts(state, async (call, attempt, next) => {
        seen.push(`${name} ${attempt.number} ${attempt.provider}/${attempt.model} starts`);
        try {
          return observe(await next(call), {
            end: ({ status }) => seen.push(`${name} ${attempt.number} ${status}`),
          });
        } catch (reason) {
          seen.push(`${name} ${attempt.number} ${InferwayError.from(reason).code}`);
          throw reason;
        }
      });
  const outer: Middleware = (call, next) => {
    layer('inner')(call.state);
    return next(call) as Promise<AnyReply>;
  };
  const client = createClient({
    providers: [provider('bad', true), provider('good', false)],
    middleware: [outer, other],
  });
  const answer = await client.send(
    'chat',
    { messages: [] },
    { model: 'bad/m', stream: false, state: layer('outer') },
  );
  expect(seen).toEqual([
    'outer 1 bad/m starts',
    'inner 1 bad/m starts',
    'inner 1 overloaded',
    'outer 1 overloaded',
    'outer 2 good/m starts',
    'inner 2 good/m starts',
    'inner 2 complete',
    'outer 2 complete',
  ]);
  expect(answer.meta.attempts?.map(({ error }) => error)).toEqual(['overloaded', undefined]);
});

test('the layers of one call are not those of the next', async () => {
  let seen = 0;
  const client = createClient({ providers: [provider('good', false)] });
  const send = (state?: (state: Call['state']) => void): Promise<AnyReply> =>
    client.send('chat', { messages: [] }, { model: 'good/m', stream: false, state });
  await send((state) =>
    aroundAttempts(state, (call, _attempt, next) => {
      seen++;
      return next(call) as Promise<AnyReply>;
    }),
  );
  await send();
  expect(seen).toBe(1);
});

test('a layer that answers in the place of a failure has made it an attempt that did not fail; what observers were told stays', async () => {
  const told: unknown[] = [];
  const client = createClient({ providers: [provider('bad', true), provider('good', false)] });
  const { meta } = await client.send(
    'chat',
    { messages: [] },
    {
      model: 'bad/m',
      stream: false,
      state(state) {
        observeAttempts(state, () => ({ over: ({ error }) => told.push(error?.code) }));
        aroundAttempts(state, async (call, _attempt, next) => {
          try {
            return await next(call);
          } catch {
            const result = { message: { role: 'assistant', content: [] }, finishReason: {} };
            return { stream: false, result, meta: { provider: 'bad', model: 'm' } } as never;
          }
        });
      },
    },
  );
  expect(meta.attempts).toMatchObject([{ provider: 'bad', number: 1, status: 503 }]);
  expect(meta.attempts?.[0]).not.toHaveProperty('error');
  expect(meta.attempts?.[0]?.endedMs).toBeTypeOf('number');
  expect(told).toEqual(['overloaded']);
});

test('a stream that broke while a layer held it is a failed attempt, although the layer passes it on', async () => {
  const broken = fakeProvider({ script: [...say('hi').slice(0, 2), fail('stream_interrupted')] });
  const client = createClient({ providers: [broken] });
  let attempts: readonly Attempt[] | undefined;
  const stream = await client.chat.stream(
    { model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] },
    {
      state(state) {
        aroundAttempts(state, async (call, _attempt, next) => {
          const reply = await next(call);
          if (reply.stream) await reply.events.prime(() => false).catch(() => {});
          attempts = reply.meta.attempts;
          return reply;
        });
      },
    },
  );
  for await (const _ of stream) continue;
  expect(attempts).toMatchObject([{ error: 'stream_interrupted' }]);
});
