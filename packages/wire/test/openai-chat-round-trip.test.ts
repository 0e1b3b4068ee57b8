import { foldChat, InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiChat, type OpenAIChatDialect } from '../src/index.js';
import { anyUsage } from './openai-arbitraries.js';
import { chatRequest } from './openai-chat-request-arbitrary.js';
import { chatResult, shattered } from './openai-chat-result-arbitrary.js';
import { decodeStream, sourceOf } from './decode-stream.js';
import { cutAt } from './split.js';

const AS = { id: 'chatcmpl-1', model: 'm', created: 1_700_000_000 };
/** The dialect that says the most. */
const full: OpenAIChatDialect = {
  systemRole: 'as-given',
  reasoning: 'object',
  reasoningInput: 'portable',
  cacheMarkers: 'cache_control',
};

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('Chat Completions', () => {
  it('decode the request that they encoded', () => {
    fc.assert(
      fc.property(chatRequest, fc.boolean(), (request, stream) => {
        const body = openaiChat.encodeRequest(request, {
          model: 'm',
          stream,
          provider: 'p',
          dialect: full,
          warn: (warning) => {
            throw new Error(warning.message);
          },
        });
        expect(openaiChat.decodeRequest(overTheWire(body))).toEqual({
          model: 'm',
          stream,
          request,
          as: stream ? { includeUsage: true } : {},
        });
      }),
      { numRuns: 300 },
    );
  });

  it('decode the answer that they encoded', () => {
    fc.assert(
      fc.property(chatResult, anyUsage, (result, usage) => {
        const body = overTheWire(openaiChat.encodeResponse({ result, usage }, AS));
        const decoded = openaiChat.decodeResponse(body, sourceOf([]));
        expect(decoded.result).toEqual(result);
        expect({ ...decoded.usage, raw: undefined }).toEqual({ ...usage, raw: undefined });
      }),
      { numRuns: 300 },
    );
  });

  it('decode the stream that they encoded, in whatever pieces, batches and bytes it comes', () => {
    const sizes = fc.infiniteStream(fc.nat({ max: 60 }));
    fc.assert(
      fc.property(chatResult, anyUsage, sizes, sizes, (result, usage, pieces, bytes) => {
        const encoder = openaiChat.streamEncoder({ ...AS, includeUsage: true });
        const events = shattered(result, usage, pieces);
        const half = Math.floor(events.length / 2);
        const wire = encoder.encode(events.slice(0, half)) + encoder.encode(events.slice(half));
        const read = decodeStream(openaiChat, cutAt(new TextEncoder().encode(wire), bytes));
        expect(read.error).toBeUndefined();
        expect(read.warnings).toEqual([]);
        const fold = foldChat();
        for (const event of read.events) fold.add(event);
        expect(fold.result()).toEqual(result);
        expect({ ...read.usage, raw: undefined }).toEqual({ ...usage, raw: undefined });
        const crlf = `\uFEFF: hello\n\n${wire}`.replaceAll('\n', '\r\n');
        expect(decodeStream(openaiChat, crlf).events).toEqual(read.events);
      }),
      { numRuns: 300 },
    );
  });

  it('never end a stream well that was cut before its finish reason', () => {
    fc.assert(
      fc.property(chatResult, fc.double({ min: 0, max: 1, noNaN: true }), (result, part) => {
        const encoder = openaiChat.streamEncoder(AS);
        const wire = encoder.encode(shattered(result, undefined, [].values()));
        const end = wire.lastIndexOf('"finish_reason":"');
        const { error, events } = decodeStream(
          openaiChat,
          wire.slice(0, Math.floor(Math.max(0, end) * part)),
        );
        expect(error).toBeInstanceOf(InferwayError);
        expect((error as InferwayError).code).toMatch(/^(stream_interrupted|empty_response)$/u);
        expect(events.some(({ type }) => type === 'end')).toBe(false);
      }),
    );
  });
});
