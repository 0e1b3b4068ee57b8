import { InferwayError } from '../error.js';
import type { FileData } from './file-data.js';

/**
 * The bytes of a file that is held here, base64 decoded.
 *
 * @throws {InferwayError} `invalid_request` for a URL or a file id, which only a request could read, and for base64 that is none.
 */
export function fileBytes(file: FileData): Uint8Array {
  if (file.type === 'bytes') return file.data;
  if (file.type === 'base64') return decodeBase64(file.data);
  throw new InferwayError('invalid_request', {
    message:
      file.type === 'url'
        ? 'The file is a URL, and its bytes are not here. Fetch it, or ask for delivery: "bytes".'
        : 'The file is an id at the provider, and its bytes are not here.',
  });
}

/** The file as base64 text. @throws {InferwayError} as `fileBytes`. */
export function fileBase64(file: FileData): string {
  if (file.type === 'base64') return file.data;
  const { buffer, byteOffset, byteLength } = fileBytes(file);
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

// `Buffer.from` skips what is not base64 in silence.
function decodeBase64(text: string): Uint8Array {
  if (/[^\w+/=\s-]|=[^=\s]/u.test(text)) {
    throw new InferwayError('invalid_request', {
      message: 'The file is marked as base64 and holds other characters. Encode its bytes again.',
    });
  }
  return Buffer.from(text, 'base64');
}
