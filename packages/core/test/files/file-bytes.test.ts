import {
  audioBytes,
  audioStream,
  fileBase64,
  fileBytes,
  InferwayError,
  sniffMediaType,
  type SpeechEvent,
} from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const bytes = fc.uint8Array({ maxLength: 50 });

describe('a file out', () => {
  test('is the same as bytes and as base64', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const text = fileBase64({ type: 'bytes', data, mediaType: 'a/b' });
        expect(text).toBe(Buffer.from(data).toString('base64'));
        const file = { type: 'base64' as const, data: text, mediaType: 'a/b' };
        expect([...fileBytes(file)]).toEqual([...data]);
        expect(fileBase64(file)).toBe(text);
      }),
    );
    // A view into a larger buffer is itself alone.
    const view = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(fileBase64({ type: 'bytes', data: view, mediaType: 'a/b' })).toBe('AQI=');
  });

  test('has no bytes where they are elsewhere, or where its base64 is none', () => {
    const code = (read: () => unknown): string => {
      try {
        read();
        return 'none';
      } catch (error) {
        return (error as InferwayError).code;
      }
    };
    expect(code(() => fileBytes({ type: 'url', url: 'https://a.example' }))).toBe(
      'invalid_request',
    );
    expect(code(() => fileBytes({ type: 'file-id', id: 'f' }))).toBe('invalid_request');
    for (const data of ['a b!', 'AA=A', '<html>']) {
      expect(code(() => fileBytes({ type: 'base64', data, mediaType: 'a/b' }))).toBe(
        'invalid_request',
      );
    }
    expect([...fileBytes({ type: 'base64', data: 'AQ\nI=\n', mediaType: 'a/b' })]).toEqual([1, 2]);
  });

  test('is refused in linear time, however it is made', () => {
    // In quadratic time this would run into the test's own limit.
    const data = `${' '.repeat(1_000_000)}!`;
    expect(() => fileBytes({ type: 'base64', data, mediaType: 'a/b' })).toThrow(InferwayError);
  });

  test('tells its kind by its first bytes', () => {
    const kinds: [string, string | undefined][] = [
      ['\u0089PNG\r\n', 'image/png'],
      ['\u00ff\u00d8\u00ff', 'image/jpeg'],
      ['RIFF\u0000\u0001\u0002\u0003WEBP', 'image/webp'],
      ['RIFF\u0000\u0001\u0002\u0003WAVE', 'audio/wav'],
      ['RIFF\u0000\u0001\u0002\u0003AVI ', undefined],
      ['ID3', 'audio/mpeg'],
      ['OggS', 'audio/ogg'],
      ['\u0000\u0000\u0000\u0020ftypM4A ', 'audio/mp4'],
      ['%PDF-1.7', 'application/pdf'],
      ['RIF', undefined],
      ['', undefined],
    ];
    for (const [start, kind] of kinds) {
      expect(sniffMediaType(Buffer.from(start, 'latin1'))).toBe(kind);
    }
  });
});

describe('streamed speech', () => {
  const events: SpeechEvent[] = [
    { type: 'start', mediaType: 'audio/wav' },
    { type: 'audio-delta', data: Uint8Array.of(1, 2) },
    { type: 'audio-delta', data: Uint8Array.of(3) },
    { type: 'end' },
  ];
  let returned = 0;
  async function* stream(fails = false): AsyncGenerator<SpeechEvent> {
    try {
      for (const event of events) yield event;
      if (fails) throw new InferwayError('stream_interrupted', { message: 'cut' });
    } finally {
      returned++;
    }
  }

  test('is its bytes, one by one or as a web stream', async () => {
    const chunks: number[][] = [];
    for await (const chunk of audioBytes(stream())) chunks.push([...chunk]);
    expect(chunks).toEqual([[1, 2], [3]]);
    const body = await new Response(audioStream(stream())).arrayBuffer();
    expect([...new Uint8Array(body)]).toEqual([1, 2, 3]);
  });

  test('throws what the stream throws, and leaves it where the reader leaves', async () => {
    const work = new Response(audioStream(stream(true))).arrayBuffer();
    expect((await errorOf(work)).code).toBe('stream_interrupted');
    returned = 0;
    const reader = audioStream(stream()).getReader();
    await reader.read();
    await reader.cancel();
    expect(returned).toBe(1);
  });
});
