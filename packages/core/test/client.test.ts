import {
  createClient,
  InferwayError,
  type Call,
  type ChatEvent,
  Events,
  eventsOf,
  type Provider,
} from '@inferway/core';
import { expect, test } from 'vitest';

const said: ChatEvent[] = [
  { type: 'start', id: 'a' },
  { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
  { type: 'text-delta', index: 0, text: 'hel' },
  { type: 'text-delta', index: 0, text: 'lo' },
  { type: 'part-end', index: 0 },
  { type: 'finish', finishReason: { unified: 'stop' } },
  { type: 'end', usage: { inputTokens: 1, outputTokens: 2 } },
];

const echo = {
  name: 'echo',
  async chat(call: Call<'chat'>) {
    const meta = { provider: 'echo', model: call.model.id };
    const usage = { inputTokens: 1, outputTokens: 2 };
    if (call.stream)
      return {
        stream: true as const,
        events: new Events(eventsOf(said, usage), call.signal),
        meta,
      };
    return {
      stream: false as const,
      result: {
        message: {
          role: 'assistant' as const,
          content: [{ type: 'text' as const, text: 'hello' }],
        },
        finishReason: { unified: 'stop' as const },
      },
      usage,
      meta,
    };
  },
} as unknown as Provider;

test('a unary call and a stream give the same answer', async () => {
  const client = createClient({ providers: [echo] });
  const request = { model: 'echo/x', messages: [{ role: 'user', content: 'hi' }] } as const;
  const answer = await client.chat(request);
  expect(answer.text).toBe('hello');
  const stream = await client.chat.stream(request);
  const texts: string[] = [];
  for await (const text of stream.text) texts.push(text);
  expect(texts).toEqual(['hel', 'lo']);
  const whole = await (await client.chat.stream(request)).result;
  expect(whole.message).toEqual(answer.message);
  expect(whole.usage).toEqual(answer.usage);
  expect(whole.meta.attempts).toHaveLength(1);
});

test('an unknown provider is named with the known ones', async () => {
  const client = createClient({ providers: [echo] });
  const failure = client.chat({ model: 'nobody/x', messages: [] });
  await expect(failure).rejects.toSatisfy(
    (error) =>
      InferwayError.is(error) && error.code === 'not_found' && error.message.includes('echo'),
  );
});
