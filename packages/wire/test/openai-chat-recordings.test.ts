import {
  foldChat,
  InferwayError,
  messageText,
  messageToolCalls,
  type ChatEvent,
} from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { openaiChat } from '../src/index.js';
import { decodeStream, sourceOf } from './decode-stream.js';
import { framed, hasRecordings, readRecording, recordings } from './recordings.js';
import { cutAt } from './split.js';

const FOLDERS = [
  'ai-sdk/openai/chat',
  'ai-sdk/openai-compatible/chat',
  'ai-sdk/groq',
  'ai-sdk/deepseek/chat',
  'ai-sdk/mistral',
  'ai-sdk/xai',
  'ai-sdk/alibaba',
  'ai-sdk/moonshotai',
  'ai-sdk/perplexity',
];
const bodies = FOLDERS.flatMap((folder) => recordings(folder, '.json')).filter(
  (path) => !path.includes('transcription'),
);
const streams = FOLDERS.flatMap((folder) => [
  ...recordings(folder, '.chunks.txt'),
  ...recordings(folder, '.sse'),
]);

interface Tape {
  readonly url: string;
  readonly response: { readonly status: number; readonly body: string };
}
const tapes: [string, Tape][] = hasRecordings
  ? Object.entries(JSON.parse(readRecording('huggingface/tapes.json')) as Record<string, Tape>)
      .filter(([, { url }]) => url.includes('chat/completions'))
      .map(([key, tape], number): [string, Tape] => [`${number} ${key.slice(0, 12)}`, tape])
  : [];

/** Text and tool arguments as the chunks have them, by reading the JSON and nothing else. */
function expected(wire: string): { text: string; usage: unknown } {
  let text = '';
  let usage: unknown;
  for (const line of wire.split('\n')) {
    if (!line.startsWith('data:') || line.includes('[DONE]')) continue;
    const chunk = JSON.parse(line.slice(5)) as {
      choices?: { delta: { content?: string | { type: string; text: string }[] | null } }[];
      usage?: unknown;
    };
    const content = chunk.choices?.[0]?.delta.content;
    if (typeof content === 'string') text += content;
    else for (const part of content ?? []) if (part.type === 'text') text += part.text;
    usage = chunk.usage ?? usage;
  }
  return { text, usage };
}

function checkStream(wire: string): void {
  const { events, usage, error } = decodeStream(openaiChat, wire);
  expect(error).toBeUndefined();
  const told = expected(wire);
  expect(events.flatMap((event) => (event.type === 'text-delta' ? event.text : [])).join('')).toBe(
    told.text,
  );
  expect(usage?.raw).toEqual(told.usage);
  const fold = foldChat();
  for (const event of events) fold.add(event);
  const result = fold.result();
  expect(messageText(result.message)).toBe(told.text);
  expect(result.finishReason.unified).not.toBe('unknown');
  for (const call of messageToolCalls(result.message)) JSON.parse(call.arguments);
  checkOrder(events);
  const bytes = new TextEncoder().encode(wire.replaceAll('\n', '\r\n'));
  expect(decodeStream(openaiChat, cutAt(bytes, [7, 1, 30, 2])).events).toEqual(events);
}

/** Parts open before they grow, close once, and are numbered in order. */
function checkOrder(events: readonly ChatEvent[]): void {
  let next = 0;
  const open = new Set<number>();
  for (const event of events) {
    if (event.type === 'part-start') {
      expect(event.index).toBe(next++);
      open.add(event.index);
    } else if (event.type === 'part-end') expect(open.delete(event.index)).toBe(true);
    else if (event.type.endsWith('delta'))
      expect(open.has((event as { index: number }).index)).toBe(true);
  }
  expect(open.size).toBe(0);
  expect(events[0]?.type).toBe('start');
  expect(events.slice(-2).map(({ type }) => type)).toEqual(['finish', 'end']);
}

describe.skipIf(!hasRecordings)('recorded chat completions', () => {
  it('are there in the number that was counted', () => {
    expect([bodies.length, streams.length, tapes.length]).toEqual([9, 8, 31]);
  });

  it.each(bodies)('%s decodes to its text, calls and usage', (path) => {
    const body = JSON.parse(readRecording(path)) as {
      choices: { message: { content?: string | null; tool_calls?: unknown[] } }[];
      usage: unknown;
    };
    const { result, usage } = openaiChat.decodeResponse(body, sourceOf([]));
    const { message } = body.choices[0] ?? { message: {} };
    expect(messageText(result.message)).toBe(message.content ?? '');
    expect(messageToolCalls(result.message)).toHaveLength(message.tool_calls?.length ?? 0);
    for (const call of messageToolCalls(result.message)) JSON.parse(call.arguments);
    expect(usage?.raw).toEqual(body.usage);
  });

  it.each(streams)('%s streams to its text, calls and usage, however it is split', (path) => {
    const text = readRecording(path);
    checkStream(path.endsWith('.sse') ? text : `${framed(text)}data: [DONE]\n\n`);
  });

  it.each(tapes)('tape %s decodes to a result or a typed error', (_key, { response }) => {
    const { body, status } = response;
    if (body.startsWith('data:')) {
      const whole = body.includes('[DONE]');
      if (whole) checkStream(body);
      else {
        const { error, events } = decodeStream(openaiChat, body);
        expect(error === undefined || error instanceof InferwayError).toBe(true);
        expect(events.length).toBeGreaterThan(0);
      }
      return;
    }
    let json: unknown = body;
    try {
      json = JSON.parse(body);
    } catch {
      // Some errors are plain text.
    }
    if (status === 200) {
      const { result } = openaiChat.decodeResponse(json, sourceOf([]));
      expect(messageText(result.message)).not.toBe('');
    } else {
      expect(() => openaiChat.decodeResponse(json, sourceOf([]))).toThrow(InferwayError);
    }
  });

  it('count reasoning that xAI leaves out of the completion, and what it cost', () => {
    const body: unknown = JSON.parse(readRecording('ai-sdk/xai/xai-text.json'));
    const { usage } = openaiChat.decodeResponse(body, sourceOf([]));
    expect(usage).toMatchObject({
      inputTokens: 12,
      outputTokens: 229,
      reasoningTokens: 228,
      cacheReadTokens: 2,
      reportedCost: 117_650,
    });
  });

  it('keep the reasoning of Mistral, DeepSeek and xAI apart from the text', () => {
    const reasoned = streams.filter((path) => /reasoning|xai|deepseek/u.test(path));
    expect(reasoned).toHaveLength(4);
    for (const path of reasoned) {
      const { events } = decodeStream(openaiChat, `${framed(readRecording(path))}data: [DONE]\n\n`);
      expect(events.some(({ type }) => type === 'reasoning-delta')).toBe(true);
    }
  });
});

describe.skipIf(hasRecordings)('recorded chat completions', () => {
  it('are not on this machine, so nothing was checked against them', () => {
    expect(hasRecordings).toBe(false);
  });
});
