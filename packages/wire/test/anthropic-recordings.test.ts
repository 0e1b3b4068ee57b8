import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../src/index.js';
import {
  decodeText,
  encodeEvents,
  framed,
  recordedEvents,
  recording,
  recordingNames,
  source,
} from './anthropic-support.js';
import { hasRecordings } from './recordings.js';

const streams = recordingNames('.chunks.txt');
const bodies = recordingNames('.json');

describe.skipIf(!hasRecordings)('Recorded Anthropic answers (../shared/recordings)', () => {
  it('are there in both shapes', () => {
    expect(streams.length).toBeGreaterThan(10);
    expect(bodies.length).toBeGreaterThan(10);
  });

  it.each(bodies)('%s decodes, and keeps every block and field', (name) => {
    const body = JSON.parse(recording(name)) as Record<string, unknown>;
    const { result, usage } = anthropicMessages.decodeResponse(body, source);
    const blocks = body.content as Record<string, unknown>[];
    expect(result.message.content.length).toBe(blocks.length);
    expect(result.finishReason.raw).toBe(body.stop_reason);
    expect(usage?.raw).toEqual(body.usage);
    for (const part of result.message.content)
      if (part.type === 'tool-call') expect(JSON.parse(part.arguments)).toBeTypeOf('object');
    const again = anthropicMessages.encodeResponse(
      { result, usage },
      { id: '', model: '', created: 0 },
    );
    expect(again).toMatchObject(withoutNulls(body));
    // Ready to be sent back: every block as it came.
    const request = anthropicMessages.encodeRequest(
      {
        messages: [{ role: 'user', content: 'x' }, result.message, { role: 'user', content: 'y' }],
      },
      { model: 'm', stream: false, provider: 'p', warn: () => undefined },
    );
    const turns = request.messages as { role: string; content: unknown }[];
    if (blocks.length > 0) expect(turns[1]?.content).toEqual(blocks);
  });

  it.each(streams)('%s decodes to the text, calls and usage that it holds', (name) => {
    const events = firstMessage(recordedEvents(name));
    const decoding = decodeText(framed(recording(name)));
    if (name.startsWith('spliced')) return; // has its own test
    expect(decoding.error).toBeUndefined();
    const text = events
      .map(({ delta }) => delta as Record<string, unknown> | undefined)
      .map((delta) => (delta?.type === 'text_delta' ? delta.text : ''))
      .join('');
    expect(
      decoding.events.map((event) => (event.type === 'text-delta' ? event.text : '')).join(''),
    ).toBe(text);
    for (const part of decoding.result.message.content)
      if (part.type === 'tool-call') expect(JSON.parse(part.arguments)).toBeTypeOf('object');
    const last = events.findLast(({ type }) => type === 'message_delta') as {
      usage: { output_tokens: number };
      delta: { stop_reason: string };
    };
    expect(decoding.usage?.raw).toMatchObject(last.usage);
    expect(decoding.usage?.outputTokens).toBe(last.usage.output_tokens);
    expect(decoding.result.finishReason.raw).toBe(last.delta.stop_reason);
    expect(decoding.events.at(-1)?.type).toBe('end');
  });

  it.each(streams.filter((name) => !name.startsWith('spliced')))(
    '%s, encoded again, decodes to the same events',
    (name) => {
      const { result, usage } = decodeText(framed(recording(name)));
      const { events } = decodeText(framed(recording(name)));
      const again = decodeText(encodeEvents(events));
      expect(again.error).toBeUndefined();
      expect(again.result).toEqual(result);
      expect(again.usage).toMatchObject({ ...usage, raw: expect.anything() });
    },
  );

  it.each(streams.filter((name) => bodies.includes(name.replace('.chunks.txt', '.json'))))(
    '%s gives parts of the same kinds as its unary twin',
    (name) => {
      const body: unknown = JSON.parse(recording(name.replace('.chunks.txt', '.json')));
      const unary = anthropicMessages.decodeResponse(body, source).result;
      const streamed = decodeText(framed(recording(name))).result;
      const kinds = (parts: readonly { type: string }[]): Set<string> =>
        new Set(parts.map((part) => ('kind' in part ? String(part.kind) : part.type)));
      expect(kinds(streamed.message.content)).toEqual(kinds(unary.message.content));
      expect(streamed.finishReason).toEqual(unary.finishReason);
    },
  );

  it('takes a repeated message_start as one answer', () => {
    const { events, result, usage } = decodeText(
      framed(recording('duplicate-message-start.chunks.txt')),
    );
    expect(events.filter(({ type }) => type === 'start')).toHaveLength(1);
    expect(result.message.content).toEqual([{ type: 'text', text: 'Hello, World!' }]);
    expect(usage).toMatchObject({ inputTokens: 17, outputTokens: 227 });
  });

  it('fails an answer that another one was spliced into, with nothing of the second and no cut call', () => {
    const { error, result, events } = decodeText(
      framed(recording('spliced-message-start.chunks.txt')),
    );
    expect(error?.code).toBe('stream_interrupted');
    expect(error?.retryable).toBe(true);
    expect(result.id).toBe('msg_first');
    expect(result.message.content.map(({ type }) => type)).toEqual(['reasoning']);
    expect(JSON.stringify(events)).not.toContain('second');
  });

  it('keeps the mark of a fallback to another model, and the last usage', () => {
    const { result, usage } = decodeText(framed(recording('anthropic-fallback.chunks.txt')));
    expect(result.message.content[0]).toMatchObject({ type: 'provider', kind: 'fallback' });
    expect(usage).toMatchObject({ inputTokens: 412, outputTokens: 264 });
  });
});

// Said by its name in the report, since nothing of the above runs then.
if (!hasRecordings) {
  it('Recorded Anthropic answers are not beside this checkout (../shared/recordings)', () => {
    expect(streams).toEqual([]);
  });
}

/** One recording holds several streams one after the other: ours ends with the first message_stop. */
function firstMessage(events: Record<string, unknown>[]): Record<string, unknown>[] {
  return events.slice(0, events.findIndex(({ type }) => type === 'message_stop') + 1);
}

function withoutNulls(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
