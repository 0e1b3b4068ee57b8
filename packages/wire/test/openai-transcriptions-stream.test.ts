import { transcribeTraits, type TranscribeEvent, type TranscribeResult } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiTranscriptions, SseDecoder } from '../src/index.js';
import { sourceOf, wireOf } from './decode-stream.js';
import { AS, text } from './media-door.js';
import { cutAt } from './split.js';

const utf8 = new TextEncoder();

function decode(chunks: readonly Uint8Array[]): TranscribeEvent[] {
  const decoder = new SseDecoder(openaiTranscriptions.streamDecoder!(sourceOf([])));
  const events: TranscribeEvent[] = [];
  for (const chunk of chunks) decoder.bytes(chunk, events);
  decoder.end(events);
  return events;
}

function folded(events: readonly TranscribeEvent[]): TranscribeResult {
  const fold = transcribeTraits.fold!();
  for (const event of events) fold.add(event);
  return fold.result();
}

const code = (...payloads: (string | object)[]): string => {
  try {
    return folded(decode([utf8.encode(wireOf(payloads))])).text;
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const delta = (piece: string): object => ({ type: 'transcript.text.delta', delta: piece });
const done = (whole: string): object => ({ type: 'transcript.text.done', text: whole });

describe('Streamed transcriptions', () => {
  it('are decoded as they were encoded, however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.option(fc.integer({ min: 0, max: 1e6 }), { nil: undefined }),
        fc.infiniteStream(fc.nat({ max: 40 })),
        (pieces, durationSeconds, sizes) => {
          const events: TranscribeEvent[] = [
            { type: 'start' },
            ...pieces.map((piece): TranscribeEvent => ({ type: 'text-delta', text: piece })),
            { type: 'segment', segment: { start: 0, end: 1.5, text: 'x', speaker: 'A' } },
            ...(durationSeconds === undefined
              ? []
              : [{ type: 'finish' as const, language: 'en', durationSeconds }]),
            { type: 'end', usage: { inputTokens: 3, outputTokens: 5, inputAudioTokens: 2 } },
          ];
          const wire = utf8.encode(openaiTranscriptions.streamEncoder!(AS).encode(events));
          const read = decode(cutAt(wire, sizes));
          expect(read.slice(0, -1)).toEqual(events.slice(0, -1));
          expect(read.at(-1)).toMatchObject({ type: 'end', usage: { inputAudioTokens: 2 } });
          const whole = folded(read);
          expect(whole.text).toBe(pieces.join(''));
          expect(folded(transcribeTraits.unfold!(whole, undefined))).toEqual(whole);
        },
      ),
    );
  });

  it('end with their last event, and tell what only it held', () => {
    expect(code(delta('a'), done('a'))).toBe('a');
    expect(code(done('whole'))).toBe('whole');
    expect(code(delta('a'), done('a b'))).toBe('a b');
    // A text that was changed afterwards does not repeat what was told.
    expect(code(delta('a'), done('A.'))).toBe('a');
  });

  it('come as chunks with choices from engines', () => {
    const chunk = (content: string, finish: string | null = null): object => ({
      object: 'transcription.chunk',
      model: 'w',
      choices: [{ delta: { content }, finish_reason: finish }],
    });
    expect(code(chunk('a'), chunk(' b', 'stop'), '[DONE]')).toBe('a b');
    expect(code(chunk('a', 'stop'))).toBe('a');
    expect(code(chunk('a'))).toBe('stream_interrupted');
  });

  it('fail without an end, with an error in between, and with nothing', () => {
    expect(code()).toBe('empty_response');
    expect(code('[DONE]')).toBe('empty_response');
    expect(code(delta('a'))).toBe('stream_interrupted');
    expect(code(delta('a'), { error: { message: 'x' } })).toBe('server');
    expect(code({ type: 'error', message: 'x' })).toBe('server');
    expect(code({ type: 'transcript.unknown', message: 'x' }, '7', done('a'))).toBe('a');
    expect(code('{"type":')).toBe('protocol');
  });

  it('end with the words of an error where the server fails', () => {
    const encoder = openaiTranscriptions.streamEncoder!(AS);
    const text = encoder.encode([{ type: 'text-delta', text: 'a' }]);
    expect(code(delta('a'))).toBe('stream_interrupted');
    const failure = encoder.fail({ code: 'overloaded', message: 'm' } as never, 'r');
    expect(() => decode([utf8.encode(text + failure)])).toThrow(
      expect.objectContaining({ code: 'server' }),
    );
  });
});
