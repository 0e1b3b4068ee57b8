import { InferwayError } from '../error.js';
import { abortReason } from '../signal.js';
import type { FileBytes, FileData, FileInput } from './file-data.js';
import { sniffMediaType, UNKNOWN_MEDIA_TYPE } from './media-type.js';

// A literal, for a bundler keeps a product that nobody uses.
/** Bytes of a stream that are taken into memory (512 MiB): more than any provider takes as one upload. */
const MOST_BYTES = 536_870_912;

/**
 * Turns what an application gave for a file into what travels. A stream is read to its end, so that a retry or fallback can send it again.
 *
 * @param param The request's member, for messages.
 * @throws {InferwayError} `invalid_request` for what is no file, `too_large`, or the reason of `signal`.
 */
export async function readFile(
  input: FileInput,
  param: string,
  signal?: AbortSignal,
): Promise<FileData> {
  if (typeof input === 'string') return readUrl(input, param);
  if (input instanceof URL) return readUrl(input.href, param);
  if (input instanceof Uint8Array) return bytes(input);
  if (input instanceof ArrayBuffer) return bytes(new Uint8Array(input));
  if (input instanceof Blob) {
    const data = await readAll(input.stream(), param, signal);
    const { type } = input;
    const name = 'name' in input && typeof input.name === 'string' ? input.name : undefined;
    return bytes(data, type === '' ? undefined : type, name);
  }
  if (typeof input === 'object' && input !== null) {
    if ('type' in input) return checked(input, param);
    if (Symbol.asyncIterator in input) return bytes(await readAll(input, param, signal));
  }
  throw notAFile(param);
}

function bytes(data: Uint8Array, mediaType?: string, name?: string): FileBytes {
  return {
    type: 'bytes',
    data,
    mediaType: mediaType ?? sniffMediaType(data) ?? UNKNOWN_MEDIA_TYPE,
    ...(name === undefined ? {} : { name }),
  };
}

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*?(;base64)?,/iu;

function readUrl(text: string, param: string): FileData {
  if (/^https?:\/\//iu.test(text) && URL.canParse(text)) return { type: 'url', url: text };
  const [head, mediaType, base64] = DATA_URL.exec(text) ?? [];
  if (head === undefined) throw notAFile(param);
  const data = text.slice(head.length);
  if (base64 !== undefined) {
    return { type: 'base64', data, mediaType: mediaType || UNKNOWN_MEDIA_TYPE };
  }
  try {
    return bytes(new TextEncoder().encode(decodeURIComponent(data)), mediaType || 'text/plain');
  } catch {
    throw notAFile(param);
  }
}

function checked(file: FileData, param: string): FileData {
  const { type } = file;
  const whole =
    (type === 'bytes' && file.data instanceof Uint8Array && typeof file.mediaType === 'string') ||
    (type === 'base64' && typeof file.data === 'string' && typeof file.mediaType === 'string') ||
    (type === 'url' && typeof file.url === 'string' && URL.canParse(file.url)) ||
    (type === 'file-id' && typeof file.id === 'string' && file.id !== '');
  if (!whole) throw notAFile(param);
  return file;
}

async function readAll(
  stream: AsyncIterable<Uint8Array>,
  param: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream[Symbol.asyncIterator]();
  // A read that waits is given up at once; the stream is told, and not waited for.
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const onAbort = (): void => {
    if (signal !== undefined) aborted.reject(abortReason(signal));
  };
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort);
  let over = false;
  try {
    for (;;) {
      const next = await Promise.race([reader.next(), aborted.promise]);
      if (next.done === true) {
        over = true;
        break;
      }
      const chunk: unknown = next.value;
      if (!(chunk instanceof Uint8Array)) throw notAFile(param);
      size += chunk.length;
      if (size > MOST_BYTES) {
        throw new InferwayError('too_large', {
          message: `${param} is a stream of more than ${MOST_BYTES / 1024 / 1024} MiB. Give a URL, or upload it at the provider and give its id.`,
          param,
          sent: 'no',
        });
      }
      chunks.push(chunk);
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    if (!over) void giveUp(reader);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

// What a stream says about being given up is of no use to anybody.
async function giveUp(reader: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await reader.return?.();
  } catch {}
}

function notAFile(param: string): InferwayError {
  return new InferwayError('invalid_request', {
    message: `${param} is no file. Give bytes, a Blob, a stream of bytes, a URL (https:, http: or data:), or { type: 'bytes' | 'base64' | 'url' | 'file-id', … }; for a file on disk, await openAsBlob(path) of node:fs.`,
    param,
    sent: 'no',
  });
}
