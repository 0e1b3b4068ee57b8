import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMultipart, encodeMultipart, MultipartBody, type FormPart } from '../src/index.js';
import { bytes } from './media-door.js';
import { refusalOf } from './refusal.js';

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }).filter(plain);
const part: fc.Arbitrary<FormPart> = fc.oneof(
  fc.record({ name, value: fc.string({ unit: 'grapheme' }) }),
  fc.record({
    name,
    fileName: name,
    mediaType: fc.constantFrom('audio/wav', 'image/png', 'application/x.y+z'),
    data: bytes,
  }),
);

/** Names of forms have no escape for a percent sign that looks like one of theirs. */
function plain(text: string): boolean {
  return !/%0[AD]|%22/iu.test(text) && text.isWellFormed();
}

describe('A form', () => {
  it('is read by the platform as it was written, whatever its parts hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
        const { data, contentType } = encodeMultipart(new MultipartBody(parts));
        const read = await decodeMultipart(data, contentType);
        expect(read.parts).toEqual(parts);
      }),
    );
  });

  it('carries names with quotes, line breaks and letters of any script', async () => {
    const parts: FormPart[] = [
      { name: 'a "b"\r\nc', value: 'x\r\n--y\n' },
      {
        name: 'Datei[]',
        fileName: 'Größe "1"\n日本語.wav',
        mediaType: 'audio/wav',
        data: Uint8Array.of(13, 10, 45, 45, 0, 255),
      },
    ];
    const { data, contentType } = encodeMultipart(new MultipartBody(parts));
    expect((await decodeMultipart(data, contentType)).parts).toEqual(parts);
  });

  it('has a boundary that stands nowhere in it, the same for the same form', async () => {
    const tricky = Buffer.from('\r\n--inferway-form-boundary-1\r\n');
    const form = new MultipartBody([
      { name: 'f', fileName: 'f', mediaType: 'audio/wav', data: Uint8Array.from(tricky) },
      { name: 'g', value: 'inferway-form-boundary-2--' },
    ]);
    const first = encodeMultipart(form);
    expect(encodeMultipart(form)).toEqual(first);
    expect(first.contentType).toBe('multipart/form-data; boundary=inferway-form-boundary-3');
    expect((await decodeMultipart(first.data, first.contentType)).parts).toEqual(form.parts);
  });

  it('is read in little time, or refused, whatever it is made of', async () => {
    const short = 'multipart/form-data; boundary=-';
    const size = 4_000_000;
    const filled = (text: string): Uint8Array => Buffer.alloc(size, text);
    const named = Array.from({ length: 120_000 }, (_, index) => `inferway-form-boundary-${index}`);
    const part = '---\r\ncontent-disposition: form-data; name="a"\r\n\r\n';
    const forms = [
      filled('-'),
      filled('\r\n---'),
      filled('\r\n---\r\n'),
      Buffer.from(`${part}${named.join('')}\r\n-----`),
    ];
    for (const form of forms) {
      const before = performance.now();
      const read = await decodeMultipart(form, short).catch((error: unknown) => error);
      if (read instanceof Error) expect(read).toMatchObject({ code: 'invalid_request' });
      expect(performance.now() - before).toBeLessThan(3000);
    }
    const many = `${`${part}\r\n`.repeat(1001)}-----\r\n`;
    const refusal = await decodeMultipart(Buffer.from(many), short).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ message: expect.stringContaining('1000 parts') });
    const enough = `${`${part}\r\n`.repeat(1000)}-----\r\n`;
    expect((await decodeMultipart(Buffer.from(enough), short)).parts).toHaveLength(1000);
  });

  it('cannot be broken out of by a media type', async () => {
    const { data, contentType } = encodeMultipart(
      new MultipartBody([
        {
          name: 'f',
          fileName: 'f',
          mediaType: 'audio/wav\r\ncontent-disposition: form-data; name="other"',
          data: Uint8Array.of(1),
        },
      ]),
    );
    const { parts } = await decodeMultipart(data, contentType);
    expect(parts.map((one) => one.name)).toEqual(['f']);
  });

  it('may have a boundary of any length, quoted or not, also where its content looks like one', async () => {
    for (const boundary of ['b', 'x-y', 'a'.repeat(26), 'a'.repeat(27), 'a'.repeat(70)]) {
      // Who writes a long one takes care that it stands nowhere else.
      const value = boundary.length < 27 ? `no ${boundary}: x--${boundary}--` : 'plain';
      const text = [
        `--${boundary}`,
        'Content-Disposition: form-data; name="a"',
        '',
        value,
        `--${boundary}`,
        'content-disposition: form-data; name="f"; filename="f.wav"',
        'content-type: audio/wav',
        '',
        'data',
        `--${boundary}--`,
        '',
      ].join('\r\n');
      for (const type of [`boundary=${boundary}`, `boundary="${boundary}"; charset=utf-8`]) {
        const data = new TextEncoder().encode(text);
        const { parts } = await decodeMultipart(data, `multipart/form-data; ${type}`);
        expect(parts).toEqual([
          { name: 'a', value },
          {
            name: 'f',
            fileName: 'f.wav',
            mediaType: 'audio/wav',
            data: new TextEncoder().encode('data'),
          },
        ]);
      }
    }
  });

  it('that is none is refused', async () => {
    const data = new TextEncoder().encode('{"model":"m"}');
    const refused = await refusalOf(decodeMultipart(data, 'multipart/form-data; boundary=b'));
    expect(refused.message).toContain('no form');
    expect((await refusalOf(decodeMultipart(data, 'multipart/form-data'))).code).toBe(
      'invalid_request',
    );
  });
});
