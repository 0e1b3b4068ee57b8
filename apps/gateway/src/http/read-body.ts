import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { InferwayError } from '@inferway/core';
import type { Exchange } from './exchange.js';

type Decompress = (body: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>;

const DECOMPRESS: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ['gzip', promisify(gunzip) as Decompress],
  ['x-gzip', promisify(gunzip) as Decompress],
  ['deflate', promisify(inflate) as Decompress],
  ['br', promisify(brotliDecompress) as Decompress],
  ['zstd', promisify(zstdDecompress) as Decompress],
]);

/**
 * The whole body, decompressed. A body that says that it is too long is refused unread; any other as soon as it is.
 *
 * @throws {InferwayError} `too_large`, `invalid_request` for an encoding that is unknown or broken, `aborted` when the caller leaves.
 */
export function readBody(exchange: Exchange, limit: number): Promise<Buffer> {
  const { request } = exchange;
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) return Promise.reject(tooLarge(limit));
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === '' || encoding === 'identity') {
    exchange.askForBody();
    return readBytes(exchange, limit);
  }
  return readDecompressed(exchange, limit, encoding.trim().toLowerCase());
}

async function readDecompressed(
  exchange: Exchange,
  limit: number,
  encoding: string,
): Promise<Buffer> {
  const decompress = DECOMPRESS.get(encoding);
  if (decompress === undefined) {
    throw new InferwayError('invalid_request', {
      message: `This content-encoding is not known here. Send the body plain, or as ${[...DECOMPRESS.keys()].join(', ')}.`,
      status: 415,
    });
  }
  exchange.askForBody();
  const body = await readBytes(exchange, limit);
  try {
    return await decompress(body, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new InferwayError('invalid_request', {
      message: `The body is not the ${encoding} that its content-encoding says.`,
      cause,
    });
  }
}

function readBytes(exchange: Exchange, limit: number): Promise<Buffer> {
  const { request } = exchange;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else reject(tooLarge(limit));
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length));
      // The request lives for as long as its answer is streamed; its body need not.
      chunks.length = 0;
    });
    exchange.onAbort(reject);
  });
}

function tooLarge(limit: number): InferwayError {
  return new InferwayError('too_large', {
    message: `The request body is larger than the ${limit} bytes that this gateway takes. Send less, or raise "limits.bodyBytes" in its config.`,
  });
}
