import { foldChat, InferwayError, unfoldChat } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiResponses, type OpenAIResponsesDialect } from '../src/index.js';
import { decodeStream, sourceOf } from './decode-stream.js';
import { anyUsage } from './openai-arbitraries.js';
import { shattered } from './openai-chat-result-arbitrary.js';
import { responsesRequest, responsesResult } from './openai-responses-arbitraries.js';
import { cutAt } from './split.js';

const AS = { id: 'resp_ours', model: 'm', created: 1_700_000_000 };
/** The dialect that says the most. */
const full: OpenAIResponsesDialect = {
  systemRole: 'as-given',
  reasoningInput: 'portable',
  cacheMarkers: 'prompt_cache_breakpoint',
  sampling: ['presencePenalty'],
};

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('Responses', () => {
  it('decode the request that they encoded', () => {
    fc.assert(
      fc.property(responsesRequest, fc.boolean(), (request, stream) => {
        const body = openaiResponses.encodeRequest(request, {
          model: 'm',
          stream,
          provider: 'p',
          dialect: full,
          warn: (warning) => {
            throw new Error(warning.message);
          },
        });
        const decoded = openaiResponses.decodeRequest(overTheWire(body));
        expect(decoded).toMatchObject({ model: 'm', stream });
        expect(decoded.request).toEqual(request);
      }),
      { numRuns: 400 },
    );
  });

  it('decode the answer that they encoded', () => {
    fc.assert(
      fc.property(responsesResult, anyUsage, (result, usage) => {
        const body = overTheWire(openaiResponses.encodeResponse({ result, usage }, AS));
        const decoded = openaiResponses.decodeResponse(body, sourceOf([]));
        expect(decoded.result).toEqual(result);
        expect({ ...decoded.usage, raw: undefined }).toEqual({ ...usage, raw: undefined });
      }),
      { numRuns: 400 },
    );
  });

  it('decode the stream that they encoded, in whatever pieces, batches and bytes it comes', () => {
    const sizes = fc.infiniteStream(fc.nat({ max: 60 }));
    fc.assert(
      fc.property(responsesResult, anyUsage, sizes, sizes, (result, usage, pieces, bytes) => {
        const encoder = openaiResponses.streamEncoder(AS);
        const events = shattered(result, usage, pieces);
        const half = Math.floor(events.length / 2);
        const wire = encoder.encode(events.slice(0, half)) + encoder.encode(events.slice(half));
        const read = decodeStream(openaiResponses, cutAt(new TextEncoder().encode(wire), bytes));
        expect(read.error).toBeUndefined();
        expect(read.warnings).toEqual([]);
        const fold = foldChat();
        for (const event of read.events) fold.add(event);
        expect(fold.result()).toEqual(result);
        expect({ ...read.usage, raw: undefined }).toEqual({ ...usage, raw: undefined });
        const crlf = `\uFEFF: hello\n\n${wire}`.replaceAll('\n', '\r\n');
        expect(decodeStream(openaiResponses, crlf).events).toEqual(read.events);
      }),
      { numRuns: 400 },
    );
  });

  it('say at a stream’s end what an answer that was not streamed says', () => {
    fc.assert(
      fc.property(responsesResult, anyUsage, (result, usage) => {
        const wire = openaiResponses.streamEncoder(AS).encode(unfoldChat(result, usage));
        const last = wire.slice(wire.lastIndexOf('data: ') + 6);
        const { response } = JSON.parse(last) as { response: unknown };
        const streamed = openaiResponses.decodeResponse(response, sourceOf([]));
        expect(streamed.result).toEqual(result);
        const numbers = [...wire.matchAll(/"sequence_number":(\d+)\}/gu)].map(([, n]) => Number(n));
        expect(numbers).toEqual(numbers.map((_, index) => index));
      }),
      { numRuns: 200 },
    );
  });

  it('never end a stream well that was cut before its end', () => {
    fc.assert(
      fc.property(responsesResult, fc.double({ min: 0, max: 1, noNaN: true }), (result, part) => {
        const wire = openaiResponses.streamEncoder(AS).encode(unfoldChat(result, undefined));
        const end = wire.lastIndexOf('event: response.');
        const { error, events } = decodeStream(
          openaiResponses,
          wire.slice(0, Math.floor(end * part)),
        );
        expect(error).toBeInstanceOf(InferwayError);
        expect((error as InferwayError).code).toMatch(/^(stream_interrupted|empty_response)$/u);
        expect(events.some(({ type }) => type === 'end')).toBe(false);
      }),
    );
  });
});
