import type { ImageRequest, ImageResult } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MultipartBody,
  openaiImages,
  openaiImagesPath,
  type OpenAIImagesDialect,
} from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import {
  AS,
  base64,
  fieldsOf,
  file,
  formPassthrough,
  overTheWire,
  targetOf,
  text,
  url,
} from './media-door.js';
import { maybe, passthrough, word } from './openai-arbitraries.js';
import { refusal } from './refusal.js';

const settings = {
  count: fc.integer({ min: 1, max: 10 }),
  size: fc.constantFrom('1024x1024' as const, 'auto' as const, '1536x864' as const),
  aspectRatio: fc.constantFrom('16:9' as const, '1:1' as const),
  quality: word,
  format: fc.constantFrom('png' as const, 'jpeg' as const, 'webp' as const),
  compression: fc.integer({ min: 0, max: 100 }),
  background: fc.constantFrom('transparent' as const, 'opaque' as const),
  negativePrompt: text,
  steps: fc.integer({ min: 1, max: 100 }),
  guidance: fc.integer({ min: 0, max: 20 }),
  seed: fc.integer(),
  delivery: fc.constantFrom('bytes' as const, 'url' as const),
  user: text,
};
const generation: fc.Arbitrary<ImageRequest> = maybe(
  { prompt: text },
  { ...settings, passthrough: passthrough('openai-images') },
);
const edit: fc.Arbitrary<ImageRequest> = maybe(
  { prompt: text, images: fc.array(file('image/png'), { minLength: 1, maxLength: 3 }) },
  { ...settings, mask: file('image/png'), passthrough: formPassthrough('openai-images') },
);
const result: fc.Arbitrary<ImageResult> = maybe(
  {
    created: fc.nat(),
    images: fc.array(
      maybe(
        {
          image: fc.oneof(
            base64.map((data) => ({ type: 'base64' as const, data, mediaType: 'image/webp' })),
            url,
          ),
        },
        { revisedPrompt: text, seed: fc.integer() },
      ),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { model: word },
);

const read = (body: unknown, dialect?: OpenAIImagesDialect): ImageResult =>
  openaiImages.decodeResponse(body, sourceOf([], dialect)).result;
const write = (request: ImageRequest, dialect?: OpenAIImagesDialect): [unknown, string[]] => {
  const target = targetOf(dialect);
  const body = openaiImages.encodeRequest(request, target);
  return [body, target.warnings.map(({ setting }) => setting ?? '')];
};

describe('Images', () => {
  it('decode the request that they encoded, in JSON or as a form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(generation, edit), fc.boolean(), async (request, stream) => {
        const target = targetOf<OpenAIImagesDialect>(undefined, stream);
        const body = openaiImages.encodeRequest(request, target);
        expect(target.warnings).toEqual([]);
        const form = request.images === undefined ? 'generation' : 'edit';
        expect(body instanceof MultipartBody).toBe(form === 'edit');
        expect(openaiImages.decodeRequest(await overTheWire(body))).toMatchObject({
          model: 'm',
          stream,
          request,
          as: { form },
        });
        expect(openaiImagesPath('m', request)).toBe(`images/${form}s`);
      }),
    );
  });

  it('decode the result that they encoded', async () => {
    await fc.assert(
      fc.asyncProperty(result, async (whole) => {
        const usage = { inputTokens: 9, outputTokens: 90, inputImageTokens: 4 };
        const body = openaiImages.encodeResponse({ result: whole, usage }, AS);
        const decoded = openaiImages.decodeResponse(await overTheWire(body), sourceOf([]));
        // One format is told for all; a URL alone tells none, and its images have none.
        const [first] = whole.images;
        const known = first?.image.type === 'base64';
        if (known || whole.images.every(({ image }) => image.type === 'url')) {
          expect(decoded.result).toEqual(whole);
        }
        expect(decoded.usage).toMatchObject({ ...usage, units: { images: whole.images.length } });
      }),
    );
  });

  it('say what an image is by the answer, by the dialect, or by its bytes', () => {
    const b64_json = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]).toString('base64');
    const type = (body: object, dialect?: OpenAIImagesDialect): unknown =>
      read({ data: [{ b64_json }], ...body }, dialect).images[0]?.image;
    expect(type({})).toMatchObject({ mediaType: 'image/jpeg' });
    expect(type({ output_format: 'webp' })).toMatchObject({ mediaType: 'image/webp' });
    expect(type({}, { mediaType: 'image/avif' })).toMatchObject({ mediaType: 'image/avif' });
    expect(type({ data: [{ url: 'data:image/gif;base64,AAAA' }] })).toEqual({
      type: 'base64',
      mediaType: 'image/gif',
      data: 'AAAA',
    });
  });

  it('write sizes, delivery and images as the dialect wants them', () => {
    const dialect: OpenAIImagesDialect = {
      size: 'sides',
      delivery: { bytes: 'base64', url: 'url' },
      images: { one: 'image_url', many: 'reference_images' },
      fields: { guidance: 'guidance' },
      unsupported: ['quality', 'mask'],
    };
    const image = { type: 'url', url: 'https://a.example/1.png' } as const;
    const png = { type: 'base64', data: 'AAAA', mediaType: 'image/png' } as const;
    const request: ImageRequest = {
      prompt: 'a',
      size: '512x768',
      delivery: 'bytes',
      guidance: 3,
      quality: 'hd',
      images: [image],
    };
    expect(write(request, dialect)).toEqual([
      {
        model: 'm',
        prompt: 'a',
        width: 512,
        height: 768,
        response_format: 'base64',
        guidance: 3,
        image_url: image.url,
      },
      ['quality'],
    ]);
    const [two] = write({ prompt: 'a', images: [image, png] }, dialect);
    expect(two).toMatchObject({
      reference_images: [image.url, 'data:image/png;base64,AAAA'],
    });
    const [body, warned] = write({ prompt: 'a', delivery: 'url' }, { delivery: 'none' });
    expect(body).toEqual({ model: 'm', prompt: 'a' });
    expect(warned).toEqual(['delivery']);
  });

  it('send several images under the name of a list, and one under its own', () => {
    const png = { type: 'base64', data: 'AAAA', mediaType: 'image/png' } as const;
    const names = (images: ImageRequest['images']): string[] => {
      const [body] = write({ prompt: 'a', images, mask: png });
      expect(fieldsOf(body)).toEqual({ model: 'm', prompt: 'a' });
      return (body as MultipartBody).parts.slice(2).map(({ name }) => name);
    };
    expect(names([png])).toEqual(['image', 'mask']);
    expect(names([png, png])).toEqual(['image[]', 'image[]', 'mask']);
    const byUrl = (): unknown => names([{ type: 'url', url: 'https://a.example/1.png' }]);
    expect(refusal(byUrl).param).toBe('images[0]');
    expect(refusal(() => write({ prompt: 'a', mask: png })).param).toBe('mask');
  });

  it('refuse what no image can be made of, by its path', () => {
    const decode = (fields: object): unknown =>
      openaiImages.decodeRequest({ model: 'm', prompt: 'a', ...fields });
    const wrong: [object, string][] = [
      [{ model: '' }, 'model'],
      [{ prompt: null }, 'prompt'],
      [{ prompt: '' }, 'prompt'],
      [{ n: 0 }, 'n'],
      [{ n: 11 }, 'n'],
      [{ n: '1' }, 'n'],
      [{ size: '0x100' }, 'size'],
      [{ size: 'huge' }, 'size'],
      [{ width: 100 }, 'height'],
      [{ aspect_ratio: 'wide' }, 'aspect_ratio'],
      [{ output_compression: 101 }, 'output_compression'],
      [{ background: 'red' }, 'background'],
      [{ response_format: 'png' }, 'response_format'],
      [{ partial_images: 4 }, 'partial_images'],
      [{ stream: 'yes' }, 'stream'],
      [{ image_url: 'file:///etc/passwd' }, 'image_url'],
    ];
    for (const [fields, param] of wrong) expect(refusal(() => decode(fields)).param).toBe(param);
    const edited = (...parts: MultipartBody['parts']): unknown =>
      openaiImages.decodeRequest(
        new MultipartBody([
          { name: 'model', value: 'm' },
          { name: 'prompt', value: 'a' },
          ...parts,
        ]),
      );
    const image = { name: 'image', fileName: 'a', mediaType: 'image/png', data: Uint8Array.of(1) };
    expect(refusal(() => edited()).param).toBe('image');
    expect(refusal(() => edited({ name: 'image', value: 'x' })).param).toBe('image');
    expect(refusal(() => edited(image, { name: 'n', value: 'two' })).param).toBe('n');
    const many = Array.from({ length: 17 }, () => ({ ...image, name: 'image[]' }));
    expect(refusal(() => edited(...many)).param).toBe('image');
  });

  it('tell empty, failed and foreign answers apart', () => {
    expect(() => read({ data: [] })).toThrow(expect.objectContaining({ code: 'empty_response' }));
    expect(() => read({ error: { message: 'x' } })).toThrow(
      expect.objectContaining({ code: 'server' }),
    );
    expect(() => read([])).toThrow(expect.objectContaining({ code: 'protocol' }));
  });
});
