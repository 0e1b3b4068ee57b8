import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiChat, type OpenAIChatDialect } from '../src/index.js';

import { chatRequest } from './openai-chat-request-arbitrary.js';
import { chatResult, shattered } from './openai-chat-result-arbitrary.js';
import { itReadsWhatItWrites, overTheWire } from './chat-round-trip.js';
import { decodeStream } from './decode-stream.js';

const AS = { id: 'chatcmpl-1', model: 'm', created: 1_700_000_000 };
/** The dialect that says the most. */
const full: OpenAIChatDialect = {
  systemRole: 'as-given',
  reasoning: 'object',
  reasoningInput: 'portable',
  cacheMarkers: 'cache_control',
};

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

  itReadsWhatItWrites(openaiChat, chatResult, { ...AS, includeUsage: true });

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
