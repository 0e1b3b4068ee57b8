import {
  foldChat,
  messageText,
  messageToolCalls,
  type ChatEvent,
  type ChatResult,
  type JsonObject,
} from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { openaiResponses } from '../src/index.js';
import { decodeStream, sourceOf } from './decode-stream.js';
import { framedEvents, hasRecordings, readRecording, recordings } from './recordings.js';
import { cutAt } from './split.js';

const FOLDERS = [
  'ai-sdk/openai/responses',
  'ai-sdk/azure',
  'ai-sdk/open-responses/responses',
  'ai-sdk/xai/responses',
];
const bodies = FOLDERS.flatMap((folder) => recordings(folder, '.json')).filter(
  (path) => !path.includes('error'),
);
/** Its deltas were shortened by hand, and are not what its end says. */
const SHORTENED = 'ai-sdk/openai/responses/openai-shell-container.1.chunks.txt';
const streams = FOLDERS.flatMap((folder) => recordings(folder, '.chunks.txt')).filter(
  (path) => path !== SHORTENED,
);

interface Wire {
  readonly output: readonly JsonObject[];
  readonly usage: unknown;
}

function textOf({ output }: Wire): string {
  return output
    .flatMap(({ content, type }) => (type === 'message' ? (content as JsonObject[]) : []))
    .flatMap(({ text }) => (typeof text === 'string' ? text : []))
    .join('');
}

function thoughtOf({ output }: Wire): string {
  return output
    .filter(({ type }) => type === 'reasoning')
    .map(({ summary, content }) => {
      const sections = (list: unknown): string =>
        ((list ?? []) as JsonObject[]).map(({ text }) => text).join('\n\n');
      const told = sections(summary);
      return told === '' ? sections(content) : told;
    })
    .join('|');
}

/** The result says what the body does, and goes back as the items that came. */
function checkResult(result: ChatResult, wire: Wire): void {
  expect(messageText(result.message)).toBe(textOf(wire));
  const thoughts = result.message.content.flatMap((part) =>
    part.type === 'reasoning' ? part.text : [],
  );
  expect(thoughts.join('|')).toBe(thoughtOf(wire));
  for (const call of messageToolCalls(result.message)) JSON.parse(call.arguments);
  expect(messageToolCalls(result.message)).toHaveLength(
    wire.output.filter(({ type }) => type === 'function_call').length,
  );
  expect(result.finishReason.unified).toMatch(/^(stop|tool-calls)$/u);
  const { input } = openaiResponses.encodeRequest(
    { messages: [result.message] },
    {
      model: 'm',
      stream: false,
      provider: 'p',
      dialect: { reasoningInput: 'portable' },
      warn: (warning) => {
        throw new Error(warning.message);
      },
    },
  );
  const own = (type: unknown): boolean =>
    !/^(message|reasoning|function_call)$/u.test(String(type));
  const sent = input as JsonObject[];
  expect(sent.filter(({ type }) => own(type))).toEqual(wire.output.filter(({ type }) => own(type)));
  expect(sent.filter(({ type }) => type === 'reasoning')).toEqual(
    wire.output
      .filter(({ type }) => type === 'reasoning')
      .map(({ status: _status, content, encrypted_content: encrypted, ...item }) => ({
        ...item,
        ...(Array.isArray(content) && content.length > 0 ? { content } : {}),
        ...(typeof encrypted === 'string' ? { encrypted_content: encrypted } : {}),
      })),
  );
}

function folded(events: readonly ChatEvent[]): ChatResult {
  const fold = foldChat();
  for (const event of events) fold.add(event);
  return fold.result();
}

function finalOf(text: string): Wire {
  const lines = text.split('\n').filter((line) => line !== '');
  return (JSON.parse(lines.at(-1) ?? '') as { response: Wire }).response;
}

describe.skipIf(!hasRecordings)('recorded responses', () => {
  it('are there in the number that was counted', () => {
    expect([bodies.length, streams.length]).toEqual([15, 21]);
  });

  it.each(bodies)('%s decodes to its text, reasoning, calls and usage, and goes back', (path) => {
    const body = JSON.parse(readRecording(path)) as Wire;
    const { result, usage } = openaiResponses.decodeResponse(body, sourceOf([]));
    checkResult(result, body);
    expect(usage?.raw).toEqual(body.usage);
  });

  it.each(streams)('%s streams to what its end says, however it is split', (path) => {
    const text = readRecording(path);
    const wire = framedEvents(text);
    const { events, usage, error, warnings } = decodeStream(openaiResponses, wire);
    expect(error).toBeUndefined();
    expect(warnings).toEqual([]);
    const final = finalOf(text);
    const result = folded(events);
    checkResult(result, final);
    expect(usage?.raw).toEqual(final.usage);
    const whole = openaiResponses.decodeResponse(final, sourceOf([])).result;
    expect(result.message).toEqual(whole.message);
    expect(result.finishReason).toEqual(whole.finishReason);
    const bytes = new TextEncoder().encode(wire.replaceAll('\n', '\r\n'));
    expect(decodeStream(openaiResponses, cutAt(bytes, [7, 1, 30, 2])).events).toEqual(events);
  });

  it('keep what was streamed where the end says something else', () => {
    const { events, error } = decodeStream(openaiResponses, framedEvents(readRecording(SHORTENED)));
    expect(error).toBeUndefined();
    expect(messageText(folded(events).message)).toBe('The command ran successfully.');
  });

  it.each(streams)('%s gives the same without its deltas, and without its items’ ends', (path) => {
    const lines = readRecording(path).split('\n');
    const expected = folded(decodeStream(openaiResponses, framedEvents(lines.join('\n'))).events);
    for (const pattern of [
      /"type":\s*"response\.[a-z_.]+\.delta"/u,
      /"type":\s*"response\.(output_item|content_part|output_text)\.(done|added)"/u,
      /"type":\s*"response\.(?!completed)/u,
    ]) {
      const kept = lines.filter((line) => !pattern.test(line)).join('\n');
      const { events, error } = decodeStream(openaiResponses, framedEvents(kept));
      expect(error).toBeUndefined();
      // What was never told to begin has its place where it first grew.
      const { content } = folded(events).message;
      expect(content).toHaveLength(expected.message.content.length);
      expect(content).toEqual(expect.arrayContaining([...expected.message.content]));
    }
  });
});

describe.skipIf(hasRecordings)('recorded responses', () => {
  it('are not on this machine, so nothing was checked against them', () => {
    expect(hasRecordings).toBe(false);
  });
});
