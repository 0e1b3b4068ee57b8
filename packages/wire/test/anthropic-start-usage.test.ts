import { unfoldChat, type ChatEvent } from '@inferway/core';
import { anthropicMessages, SseParser, type SseMessage } from '@inferway/wire';
import { expect, test } from 'vitest';

const as = { id: 'msg_1', model: 'm', created: 0 };

function messagesOf(text: string): SseMessage[] {
  const messages: SseMessage[] = [];
  const parser = new SseParser();
  parser.push(new TextEncoder().encode(text), (message) => messages.push(message));
  parser.end((message) => messages.push(message));
  return messages;
}

function startOf(text: string): ChatEvent | undefined {
  const decoder = anthropicMessages.streamDecoder({ fail: () => new Error() as never, warn() {} });
  const events: ChatEvent[] = [];
  for (const message of messagesOf(text)) decoder.message(message, events);
  return events[0];
}

test('input that was counted before the answer stands in message_start, cache apart, and comes back', () => {
  const usage = { inputTokens: 30, cacheReadTokens: 10, cacheWriteTokens: 5 };
  const text = anthropicMessages.streamEncoder(as).encode([
    { type: 'start', usage },
    { type: 'end', usage: { ...usage, outputTokens: 4 } },
  ]);
  const first = JSON.parse(messagesOf(text)[0]?.data ?? '') as {
    message: { usage: Record<string, number> };
  };
  expect(first.message.usage).toMatchObject({
    input_tokens: 15,
    cache_read_input_tokens: 10,
    cache_creation_input_tokens: 5,
    output_tokens: 0,
  });
  expect(startOf(text)).toMatchObject({ type: 'start', usage });
});

test('a server that counts only at the end leaves the start without usage', () => {
  const text = anthropicMessages
    .streamEncoder(as)
    .encode([{ type: 'start' }, { type: 'end', usage: { inputTokens: 3, outputTokens: 4 } }]);
  expect(startOf(text)).not.toHaveProperty('usage');
});

test('an answer that was whole before it is streamed has its input counted at the start', () => {
  const result = {
    message: { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'hi' }] },
    finishReason: { unified: 'stop' as const },
  };
  expect(unfoldChat(result, { inputTokens: 7, outputTokens: 2 })[0]).toMatchObject({
    usage: { inputTokens: 7 },
  });
  expect(unfoldChat(result, undefined)[0]).not.toHaveProperty('usage');
});

test('a stream that breaks before its output was counted reports its input only', () => {
  const start = {
    type: 'message_start',
    message: { id: 'a', content: [], usage: { input_tokens: 9, output_tokens: 1 } },
  };
  const decoder = anthropicMessages.streamDecoder({ fail: () => new Error() as never, warn() {} });
  decoder.message({ data: JSON.stringify(start) }, []);
  expect(decoder.usage).toMatchObject({ inputTokens: 9 });
  expect(decoder.usage?.outputTokens).toBeUndefined();
  const delta = { type: 'message_delta', delta: {}, usage: { output_tokens: 7 } };
  decoder.message({ data: JSON.stringify(delta) }, []);
  expect(decoder.usage).toMatchObject({ inputTokens: 9, outputTokens: 7 });
});
