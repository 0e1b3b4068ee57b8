import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decodeMultipart, type MultipartBody } from '@inferway/wire';
import { readBytes } from './read-body.js';

/** A form that was read. */
export interface GivenForm {
  readonly form: MultipartBody;
  /** The same for forms that hold the same, whatever stands between their parts. */
  readonly fingerprint: string;
}

/**
 * The body of a request: a form where its content type says so, else text. Undefined where it is larger than `limit` bytes. Rejects where
 * the client leaves, and for what should be a form and is none.
 */
export async function readRequest(
  request: IncomingMessage,
  limit: number,
): Promise<string | GivenForm | undefined> {
  const bytes = await readBytes(request, limit);
  const contentType = request.headers['content-type'] ?? '';
  if (bytes === undefined || !/^multipart\/form-data/iu.test(contentType)) {
    return bytes?.toString('utf8');
  }
  const form = await decodeMultipart(bytes, contentType);
  return { form, fingerprint: fingerprintOf(form) };
}

function fingerprintOf({ parts }: MultipartBody): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const file = 'data' in part;
    hash.update(JSON.stringify([part.name, file ? [part.fileName, part.mediaType] : part.value]));
    if (file) hash.update(part.data);
  }
  return hash.digest('base64url');
}
