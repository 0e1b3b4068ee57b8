import { imageTraits, type ImageEvent } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiImages, SseDecoder, type DecodeSource } from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import { AS, base64 } from './media-door.js';
import { cutAt } from './split.js';

const utf8 = new TextEncoder();
const image = base64.map((data) => ({ type: 'base64' as const, data, mediaType: 'image/png' }));
const USAGE = { inputTokens: 4, outputTokens: 40, outputImageTokens: 40 };

/** Decodes as an adapter does, for a request of `count` images. */
function decode(chunks: readonly Uint8Array[], count: number): ImageEvent[] {
  const from: DecodeSource = { ...sourceOf([]), request: { count } };
  const decoder = new SseDecoder(openaiImages.streamDecoder!(from));
  const events: ImageEvent[] = [];
  for (const chunk of chunks) decoder.bytes(chunk, events);
  decoder.end(events);
  return events;
}

const completed = (fields: object = {}): string =>
  `data: ${JSON.stringify({ type: 'image_generation.completed', b64_json: 'AAAA', ...fields })}\n\n`;

describe('Streamed images', () => {
  it('are decoded as they were encoded, however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ image, partials: fc.array(image, { maxLength: 3 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.constantFrom('generation', 'edit'),
        fc.infiniteStream(fc.nat({ max: 60 })),
        (images, form, sizes) => {
          const events: ImageEvent[] = [
            { type: 'start', created: 5 },
            ...images.flatMap(({ image: whole, partials }, index): ImageEvent[] => [
              ...partials.map((partial, step): ImageEvent => ({
                type: 'image-partial',
                index,
                step,
                image: partial,
              })),
              { type: 'image', index, image: { image: whole } },
            ]),
            { type: 'end', usage: USAGE },
          ];
          const text = openaiImages.streamEncoder!({ ...AS, form }).encode(events);
          expect(text).toContain(form === 'edit' ? 'image_edit.completed' : 'image_generation.');
          const read = decode(cutAt(utf8.encode(text), sizes), images.length);
          const usage = { ...USAGE, units: { images: images.length }, raw: expect.anything() };
          expect(read).toEqual([...events.slice(0, -1), { type: 'end', usage }]);
        },
      ),
    );
  });

  it('fold into the result that they unfold from', () => {
    const fold = imageTraits.fold!();
    for (const event of decode([utf8.encode(completed() + completed({ b64_json: 'BBBB' }))], 2)) {
      fold.add(event);
    }
    const whole = fold.result();
    expect(whole.images.map(({ image: file }) => 'data' in file && file.data)).toEqual([
      'AAAA',
      'BBBB',
    ]);
    const again = imageTraits.fold!();
    for (const event of imageTraits.unfold!(whole, undefined)) again.add(event);
    expect(again.result()).toEqual(whole);
  });

  it('end with the images that were asked for, and fail without any', () => {
    const code = (text: string, count = 1): string => {
      try {
        return decode([utf8.encode(text)], count).at(-1)?.type ?? 'nothing';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(completed())).toBe('end');
    // A provider that gives fewer has ended all the same.
    expect(code(completed(), 3)).toBe('end');
    expect(code('')).toBe('empty_response');
    const partial = JSON.stringify({ type: 'image_generation.partial_image', b64_json: 'AAAA' });
    expect(code(`data: ${partial}\n\n`)).toBe('stream_interrupted');
    expect(code('event: error\ndata: {"error":{"message":"x"}}\n\n')).toBe('server');
    expect(code(`data: {"type":"error","message":"x"}\n\n`)).toBe('server');
    expect(code(`data: {"type":"keep-alive","message":"x"}\n\ndata: 7\n\n${completed()}`)).toBe(
      'end',
    );
  });
});
