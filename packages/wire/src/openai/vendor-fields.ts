import type { JsonObject, JsonValue } from '@inferway/core';
import { asObject, asText } from '../lenient.js';

const X = 120;
const UNDERSCORE = 95;

/** What a server adds to the protocol in a member of its own name, `x_<name>`: usage, ids, and the error that ended a stream early. */
export function vendorFields(body: JsonObject): JsonObject | undefined {
  for (const key in body) {
    if (key.charCodeAt(0) !== X || key.charCodeAt(1) !== UNDERSCORE) continue;
    const fields = asObject(body[key]);
    if (fields !== undefined) return fields;
  }
  return undefined;
}

/** The error body in a server's own fields: a sentence, a code, or an object of both. Undefined where there is none. */
export function vendorError(fields: JsonObject | undefined): JsonObject | undefined {
  const error: JsonValue | undefined = asObject(fields?.['error']) ?? asText(fields?.['error']);
  if (typeof error !== 'string') return error === undefined ? undefined : { error };
  return { error: /\s/u.test(error) ? { message: error } : { message: error, code: error } };
}
