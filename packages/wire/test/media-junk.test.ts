import { InferwayError, type Operation } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BytesBody,
  MultipartBody,
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  rawCall,
  rerank,
  SseDecoder,
  type Format,
  type WireBody,
} from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import { bytes } from './media-door.js';
import { json } from './openai-arbitraries.js';
import { cutAt } from './split.js';

/** Whatever comes in, what comes out is a value or an InferwayError. */

const FORMATS = [
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  rerank,
] as unknown as readonly Format<Operation, object, WireBody, WireBody>[];

const NAMES = [
  'data b64_json url index revised_prompt seed output_format created usage error message type object',
  'audio b64 text duration language languages code segments speaker_segments start end speaker words word',
  'logprobs token logprob bytes choices delta content finish_reason results relevance_score score document',
  'meta billed_units search_units model id input_tokens input_token_details partial_image_index file',
  'response_format timestamp_granularities include prompt n size image mask documents query texts top_n',
].flatMap((line) => line.split(' '));
const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, fc.string());
const value = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  object: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  value: fc.oneof(
    { maxDepth: 4 },
    json,
    fc.constantFrom(
      '',
      'x',
      0,
      -1,
      1.5,
      null,
      'AAAA',
      'data:,',
      'b64_json',
      'transcript.text.done',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
}));
const body = fc.oneof(
  value.object,
  value.value,
  fc
    .tuple(bytes, fc.constantFrom('', 'text/plain', 'audio/wav'))
    .map(([data, type]) => new BytesBody(data, type)),
  fc
    .array(
      fc.oneof(
        fc.record({ name, value: fc.string() }),
        fc.record({ name, fileName: fc.string(), mediaType: fc.string(), data: bytes }),
      ),
    )
    .map((parts) => new MultipartBody(parts)),
);

function survives(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InferwayError)) throw error;
    expect(error.message).not.toBe('');
  }
}

describe('Junk', () => {
  it('as an answer or a request gives a value or a typed error', () => {
    fc.assert(
      fc.property(body, (junk) => {
        for (const format of FORMATS) {
          survives(() => format.decodeResponse(junk, sourceOf([])));
          survives(() => format.decodeRequest(junk));
        }
        survives(() => rawCall.decodeResponse(junk, sourceOf([])));
      }),
      { numRuns: 500 },
    );
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('in a stream gives events or a typed error, the same however it is split', () => {
    const message = fc.tuple(
      fc.constantFrom(
        'image_generation.partial_image',
        'image_edit.completed',
        'speech.audio.delta',
        'transcript.text.delta',
        'transcript.text.segment',
        'x',
      ),
      value.object,
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.infiniteStream(fc.nat({ max: 50 })),
        (messages, sizes) => {
          const wire = messages.map(
            ([type, object]) => `data: ${JSON.stringify({ type, ...object })}\n\n`,
          );
          const encoded = new TextEncoder().encode(wire.join(''));
          for (const format of FORMATS) {
            const told = [[encoded], cutAt(encoded, sizes)].map((chunks) => {
              const events: unknown[] = [];
              let failed: unknown;
              survives(() => {
                const decoder = format.streamDecoder?.(sourceOf([]));
                if (decoder === undefined) return;
                const reader = new SseDecoder(decoder);
                try {
                  for (const chunk of chunks) reader.bytes(chunk, events as never[]);
                  reader.end(events as never[]);
                } catch (error) {
                  failed = (error as InferwayError).code;
                  throw error;
                }
              });
              return { events, failed };
            });
            expect(told[1]).toEqual(told[0]);
          }
        },
      ),
    );
  });
});
