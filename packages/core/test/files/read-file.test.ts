import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileData, FileInput } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFile } from '../../src/files/read-file.js';
import { errorOf } from '../helpers.js';

const DATA = Uint8Array.of(1, 2, 3);
const PNG = Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1');

async function* pieces(...chunks: unknown[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Promise.resolve(chunk as Uint8Array);
}

const read = (input: unknown, signal?: AbortSignal): Promise<FileData> =>
  readFile(input as FileInput, 'audio', signal);
const bytesOf = (file: FileData): number[] => (file.type === 'bytes' ? [...file.data] : []);

describe('a file in', () => {
  test('is bytes, a buffer, a blob, a file or a stream, and says what it is by its first bytes', async () => {
    const inputs: [unknown, string][] = [
      [DATA, 'application/octet-stream'],
      [DATA.buffer, 'application/octet-stream'],
      [new Blob([DATA]), 'application/octet-stream'],
      [new Blob([DATA], { type: 'audio/x-mine' }), 'audio/x-mine'],
      [pieces(DATA.subarray(0, 1), DATA.subarray(1)), 'application/octet-stream'],
      [new Blob([DATA]).stream(), 'application/octet-stream'],
    ];
    for (const [input, mediaType] of inputs) {
      const file = await read(input);
      expect(file).toMatchObject({ type: 'bytes', mediaType });
      expect(bytesOf(file)).toEqual([1, 2, 3]);
    }
    expect(await read(PNG)).toMatchObject({ mediaType: 'image/png' });
    expect(await read(new File([PNG], 'a.png', { type: 'image/png' }))).toMatchObject({
      name: 'a.png',
    });
  });

  test('may lie on disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inferway-file-'));
    try {
      const path = join(folder, 'x.png');
      await writeFile(path, PNG);
      const file = await read(await openAsBlob(path));
      expect(file).toMatchObject({ mediaType: 'image/png' });
      expect(bytesOf(file)).toEqual([...PNG]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('is a URL as text or object, and a data URL is its bytes', async () => {
    const url = { type: 'url', url: 'https://a.example/x.wav' };
    expect(await read(url.url)).toEqual(url);
    expect(await read(new URL(url.url))).toEqual(url);
    expect(await read('data:audio/wav;base64,AAAA')).toEqual({
      type: 'base64',
      mediaType: 'audio/wav',
      data: 'AAAA',
    });
    const text = await read('data:text/plain;charset=utf-8,a%20b');
    expect(bytesOf(text)).toEqual([...Buffer.from('a b')]);
    expect(await read('data:,x')).toMatchObject({ mediaType: 'text/plain' });
  });

  test('in its own form goes through as it is', async () => {
    const whole: FileData[] = [
      { type: 'bytes', data: DATA, mediaType: 'audio/wav', name: 'n' },
      { type: 'base64', data: 'AAAA', mediaType: 'audio/wav' },
      { type: 'url', url: 'https://a.example/x' },
      { type: 'file-id', id: 'file-1' },
    ];
    for (const file of whole) expect(await read(file)).toBe(file);
  });

  test('that is none is refused by its name, without its content', async () => {
    const wrong: unknown[] = [
      'secret.wav',
      '/etc/secret',
      'ftp://secret.example/x',
      'data:audio/wav',
      'data:text/plain,%E0%A4%A',
      '',
      7,
      null,
      undefined,
      {},
      [DATA],
      { type: 'bytes', data: 'secret' },
      { type: 'base64', data: 'AAAA' },
      { type: 'url', url: 'secret' },
      { type: 'file-id', id: '' },
      { type: 'path', path: 'secret' },
      pieces('secret'),
    ];
    for (const input of wrong) {
      const error = await errorOf(read(input));
      expect(error).toMatchObject({ code: 'invalid_request', param: 'audio', sent: 'no' });
      expect(error.message).toContain('openAsBlob');
      expect(error.message).not.toContain('secret');
    }
  });

  test('of whatever kind gives a file or a typed error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withTypedArray: true }), async (input) => {
        const file = await read(input).catch((error: unknown) => error);
        if (file instanceof Error) expect(file).toMatchObject({ code: 'invalid_request' });
        else expect(file).toHaveProperty('type');
      }),
    );
  });

  test('that streams is given up with its call, at once, and told', async () => {
    const controller = new AbortController();
    let told = false;
    const endless: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => {
          told = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const reading = errorOf(read(endless, controller.signal));
    controller.abort();
    expect((await reading).code).toBe('aborted');
    expect(told).toBe(true);
    expect((await errorOf(read(pieces(DATA), AbortSignal.abort()))).code).toBe('aborted');
  });

  test('is a blob, whose reading ends with its call and at the cap', async () => {
    const blob = new Blob([new Uint8Array(1_000_000)]);
    expect(bytesOf(await read(blob))).toHaveLength(1_000_000);
    expect((await errorOf(read(blob, AbortSignal.abort()))).code).toBe('aborted');
    const vast = new Blob(Array.from({ length: 513 }, () => new Uint8Array(1024 * 1024)));
    expect((await errorOf(read(vast))).code).toBe('too_large');
  });

  test('that fails while it streams fails with its own reason', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield DATA;
      throw new RangeError('disk');
    };
    await expect(read(failing())).rejects.toThrow(RangeError);
  });
});
