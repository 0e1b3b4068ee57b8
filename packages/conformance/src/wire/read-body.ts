import { BytesBody, decodeMultipart } from '@inferway/wire';
import type { WireRequest } from './wire-request.js';

/** A request's body as the server's doors of a format take it: parsed JSON, a form, or bytes. */
export async function readBody(request: WireRequest): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return decodeMultipart(request.bytes, type);
  if (/\bjson\b/u.test(type)) return JSON.parse(request.body) as unknown;
  return new BytesBody(request.bytes, type);
}
