import { speechTraits, type SpeechEvent, type SpeechRequest } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BytesBody,
  openaiSpeech,
  SseDecoder,
  type ByteDecoder,
  type DecodeSource,
  type OpenAISpeechDialect,
} from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import { AS, bytes, overTheWire, targetOf, text } from './media-door.js';
import { maybe, passthrough, word } from './openai-arbitraries.js';
import { refusal } from './refusal.js';
import { cutAt } from './split.js';

const utf8 = new TextEncoder();
const request: fc.Arbitrary<SpeechRequest> = maybe(
  { text },
  {
    voice: word,
    format: fc.constantFrom('mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'),
    speed: fc.constantFrom(0.25, 1, 4),
    instructions: text,
    language: word,
    sampleRate: fc.integer({ min: 8000, max: 48_000 }),
    user: text,
    passthrough: passthrough('openai-speech'),
  },
);
const WAV = Buffer.from('RIFF....WAVEfmt ');

function sourceFor(asked: Partial<SpeechRequest>, dialect?: OpenAISpeechDialect): DecodeSource {
  return { ...sourceOf([], dialect), request: asked };
}

function decode(
  decoder: ByteDecoder<SpeechEvent>,
  chunks: readonly Uint8Array[],
): readonly SpeechEvent[] {
  const events: SpeechEvent[] = [];
  for (const chunk of chunks) decoder.bytes(chunk, events);
  if (!decoder.done) decoder.end(events);
  return events;
}

/** What all pieces of a stream hold together. */
function gathered(events: readonly SpeechEvent[]): { mediaType: string; data: number[] } {
  const fold = speechTraits.fold!();
  for (const event of events) fold.add(event);
  const { audio } = fold.result();
  if (audio.type !== 'bytes') throw new Error('No bytes.');
  return { mediaType: audio.mediaType, data: [...audio.data] };
}

describe('Speech', () => {
  it('decodes the request that it encoded', async () => {
    await fc.assert(
      fc.asyncProperty(
        request,
        fc.constantFrom('sse', 'flag', undefined),
        async (whole, streams) => {
          const target = targetOf<OpenAISpeechDialect>({ streams }, streams !== undefined);
          const body = await overTheWire(openaiSpeech.encodeRequest(whole, target));
          expect(target.warnings).toEqual([]);
          const form = streams === 'flag' ? 'chunks' : streams;
          expect(openaiSpeech.decodeRequest(body)).toEqual({
            model: 'm',
            stream: streams !== undefined,
            request: whole,
            as: form === undefined ? {} : { form },
          });
        },
      ),
    );
  });

  it('answers with the file, and says what it is', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (data) => {
        const audio = { type: 'bytes' as const, data, mediaType: 'audio/flac' };
        const body = await overTheWire(openaiSpeech.encodeResponse({ result: { audio } }, AS));
        const decoded = openaiSpeech.decodeResponse(body, sourceFor({ text: 'añ😀' }));
        expect(decoded.result).toEqual({ audio });
        expect(decoded.usage).toEqual({ units: { inputCharacters: 3 } });
      }),
    );
    const type = (body: BytesBody, asked: Partial<SpeechRequest>, dialect?: OpenAISpeechDialect) =>
      openaiSpeech.decodeResponse(body, sourceFor(asked, dialect)).result.audio;
    // What the provider says stands before what the bytes look like.
    expect(type(new BytesBody(WAV, 'audio/x-own'), {})).toMatchObject({ mediaType: 'audio/x-own' });
    const unknown = new BytesBody(Uint8Array.of(1, 2), 'application/octet-stream');
    expect(type(unknown, {})).toMatchObject({ mediaType: 'audio/mpeg' });
    expect(type(unknown, { format: 'opus' })).toMatchObject({ mediaType: 'audio/ogg' });
    expect(type(unknown, { format: 'opus' }, { formats: { wav: 'wav' } })).toMatchObject({
      mediaType: 'audio/mpeg',
    });
    expect(type(unknown, {}, { defaultFormat: 'wav' })).toMatchObject({ mediaType: 'audio/wav' });
    expect(type(new BytesBody(WAV, 'application/octet-stream'), {})).toMatchObject({
      mediaType: 'audio/wav',
    });
  });

  it('reads audio in JSON, and errors in it', () => {
    const read = (body: unknown): unknown =>
      openaiSpeech.decodeResponse(body, sourceFor({})).result.audio;
    expect(read({ audio: 'data:audio/wav;base64,AAAA' })).toEqual({
      type: 'base64',
      mediaType: 'audio/wav',
      data: 'AAAA',
    });
    expect(read({ audio: { url: 'https://a.example/x' } })).toEqual({
      type: 'url',
      url: 'https://a.example/x',
    });
    expect(read({ audio: 'AAAA' })).toMatchObject({ type: 'base64', mediaType: 'audio/mpeg' });
    expect(() => read({ error: 'x' })).toThrow(expect.objectContaining({ code: 'server' }));
    expect(() => read({ seconds: 1 })).toThrow(expect.objectContaining({ code: 'protocol' }));
    expect(() => read(new BytesBody(new Uint8Array(0), 'audio/mpeg'))).toThrow(
      expect.objectContaining({ code: 'empty_response' }),
    );
  });

  it('streams the same bytes as a file, as events and as chunks, however they are split', () => {
    fc.assert(
      fc.property(
        fc.array(bytes, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat({ max: 30 })),
        (pieces, sizes) => {
          const events: SpeechEvent[] = [
            { type: 'start', mediaType: 'audio/pcm' },
            ...pieces.map((data): SpeechEvent => ({ type: 'audio-delta', data })),
            { type: 'end', usage: { inputTokens: 2, outputTokens: 9 } },
          ];
          const whole = gathered(events);
          const from = sourceFor({ format: 'pcm', text: 'ab' });
          const encoder = openaiSpeech.byteEncoder!(AS);
          const file = encoder.encode(events);
          expect(encoder.mediaType).toBe('audio/pcm');
          const raw = decode(openaiSpeech.byteDecoder!(from, 'audio/pcm'), cutAt(file, sizes));
          expect(gathered(raw)).toEqual(whole);
          for (const form of ['sse', 'chunks']) {
            const wire = utf8.encode(openaiSpeech.streamEncoder!({ ...AS, form }).encode(events));
            const decoder = new SseDecoder(openaiSpeech.streamDecoder!(from));
            const read = decode(decoder, cutAt(wire, sizes));
            expect(gathered(read)).toEqual(whole);
            expect(decoder.usage).toMatchObject({
              ...(form === 'sse' ? { inputTokens: 2, outputTokens: 9 } : {}),
              units: { inputCharacters: 2 },
            });
          }
        },
      ),
    );
  });

  it('fails where a stream of events breaks off, and where a file is empty', () => {
    const code = (wire: string): string => {
      try {
        const decoder = new SseDecoder(openaiSpeech.streamDecoder!(sourceFor({})));
        return decode(decoder, [utf8.encode(wire)]).at(-1)?.type ?? 'nothing';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const delta = 'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n';
    expect(code(`${delta}data: {"type":"speech.audio.done"}\n\n`)).toBe('end');
    expect(
      code(`data: {"data":{"object":"audio.tts.chunk","b64":"AA=="}}\n\ndata: [DONE]\n\n`),
    ).toBe('end');
    expect(code(delta)).toBe('stream_interrupted');
    expect(code('')).toBe('empty_response');
    expect(code('data: [DONE]\n\n')).toBe('empty_response');
    expect(code(`${delta}data: {"error":{"message":"x"}}\n\n`)).toBe('server');
    expect(() => decode(openaiSpeech.byteDecoder!(sourceFor({}), 'audio/wav'), [])).toThrow(
      expect.objectContaining({ code: 'empty_response' }),
    );
  });

  it('drops what the dialect does not take and says so', () => {
    const dialect: OpenAISpeechDialect = {
      voice: 'v',
      formats: { wav: 'wav', pcm: 'raw' },
      streamFormat: 'pcm',
      streams: 'flag',
      unsupported: ['instructions'],
    };
    const asked: SpeechRequest = { text: 'a', format: 'mp3', instructions: 'x', delivery: 'url' };
    const unary = targetOf(dialect);
    expect(openaiSpeech.encodeRequest(asked, unary)).toEqual({
      model: 'm',
      input: 'a',
      voice: 'v',
    });
    expect(unary.warnings.map(({ setting }) => setting)).toEqual([
      'format',
      'instructions',
      'delivery',
    ]);
    const stream = targetOf(dialect, true);
    expect(openaiSpeech.encodeRequest({ text: 'a', format: 'wav' }, stream)).toEqual({
      model: 'm',
      input: 'a',
      voice: 'v',
      response_format: 'raw',
      stream: true,
    });
    expect(stream.warnings).toHaveLength(1);
  });

  it('refuses wrong requests by the path of the field', () => {
    const read = (fields: object): unknown =>
      openaiSpeech.decodeRequest({ model: 'm', input: 'a', ...fields });
    const wrong: [object, string][] = [
      [{ model: '' }, 'model'],
      [{ input: '' }, 'input'],
      [{ input: 7 }, 'input'],
      [{ voice: 7 }, 'voice'],
      [{ voice: {} }, 'voice.id'],
      [{ response_format: 'midi' }, 'response_format'],
      [{ speed: 5 }, 'speed'],
      [{ sample_rate: 0.5 }, 'sample_rate'],
      [{ stream_format: 'ws' }, 'stream_format'],
    ];
    for (const [fields, param] of wrong) expect(refusal(() => read(fields)).param).toBe(param);
    expect(read({ voice: { id: 'voice_1' }, response_format: 'raw' })).toMatchObject({
      request: { format: 'pcm', passthrough: { fields: { voice: { id: 'voice_1' } } } },
    });
  });
});
