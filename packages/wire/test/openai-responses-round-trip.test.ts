import { InferwayError, unfoldChat } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiResponses, type OpenAIResponsesDialect } from '../src/index.js';
import { expectWhole, folded, itReadsWhatItWrites, overTheWire } from './chat-round-trip.js';
import { interleaved } from './interleaved.js';
import { decodeStream, sourceOf } from './decode-stream.js';
import { anyUsage } from './openai-arbitraries.js';

import { responsesRequest, responsesResult } from './openai-responses-arbitraries.js';

const AS = { id: 'resp_ours', model: 'm', created: 1_700_000_000 };
/** The dialect that says the most. */
const full: OpenAIResponsesDialect = {
  systemRole: 'as-given',
  reasoningInput: 'portable',
  cacheMarkers: 'prompt_cache_breakpoint',
  sampling: ['presencePenalty'],
};

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

  itReadsWhatItWrites(openaiResponses, responsesResult, AS);

  it('decode parts that grew at the same time', () => {
    fc.assert(
      fc.property(responsesResult, fc.infiniteStream(fc.nat()), (result, choices) => {
        const events = interleaved(unfoldChat(result, undefined), choices);
        const read = decodeStream(
          openaiResponses,
          openaiResponses.streamEncoder(AS).encode(events),
        );
        expectWhole(read);
        expect(folded(read.events).message).toEqual(folded(events).message);
      }),
      { numRuns: 300 },
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
