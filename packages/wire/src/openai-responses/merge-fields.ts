import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import type { JsonBody } from '../json-body.js';

/** Members that hold several settings, so that one of them must not replace the others. */
const SHARED: ReadonlySet<string> = new Set(['text', 'reasoning']);

/**
 * Adds fields that came from outside: they win, but those of `text` and `reasoning` beside what is there, and `include` as one list. Null says
 * that the caller did not write the field, and takes away what stands there.
 */
export function mergeFields(body: JsonBody, fields: JsonObject | undefined): void {
  if (fields === undefined) return;
  for (const [key, value] of Object.entries(fields)) {
    if (key === '__proto__' || value === undefined) continue;
    if (value === null) {
      delete body[key];
      continue;
    }
    const before = body[key];
    if (SHARED.has(key) && isJsonObject(before) && isJsonObject(value)) {
      body[key] = { ...before, ...value };
    } else if (key === 'include' && Array.isArray(before) && Array.isArray(value)) {
      body[key] = [...new Set<JsonValue>([...before, ...value])];
    } else body[key] = value;
  }
}
