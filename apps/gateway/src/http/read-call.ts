import { decodeMultipart } from '@inferway/wire';
import { parseJson } from '../json/parse-json.js';
import { checkContentType, isForm } from './content-type.js';
import type { Exchange } from './exchange.js';
import type { InputLimits } from './input-limits.js';
import { readBody } from './read-body.js';

/** What a route takes: JSON, a form with files, or either. */
export type BodyKind = 'json' | 'form' | 'either';

/**
 * The body of a call as formats read it: JSON, or a form. A route that takes only forms gets nothing of any other body, and its format says
 * what is missing.
 *
 * @throws {InferwayError} `invalid_request`, `too_large`, `aborted`.
 */
export async function readCall(
  exchange: Exchange,
  kind: BodyKind,
  limits: InputLimits,
): Promise<unknown> {
  const type = exchange.request.headers['content-type'];
  if (kind !== 'json' && isForm(type)) {
    return decodeMultipart(await readBody(exchange, limits.bodyBytes), type ?? '');
  }
  if (kind === 'form') {
    // Read all the same: what is left in the connection would be taken for the next request.
    await readBody(exchange, limits.bodyBytes);
    return undefined;
  }
  checkContentType(type);
  return parseJson(await readBody(exchange, limits.bodyBytes), limits.jsonDepth);
}
