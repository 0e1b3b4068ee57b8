import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import type { JsonBody } from '../json-body.js';

/**
 * Writes `fields` over a body: objects are merged member by member, null removes (JSON Merge Patch, RFC 7386), and an object that names
 * another `type` than the one there replaces it, since its other members belong to that type.
 */
export function mergeFields(body: JsonBody, fields: object): void {
  for (const [key, value] of Object.entries(fields) as [string, JsonValue | undefined][]) {
    if (value === undefined || key === '__proto__') continue;
    if (value === null) delete body[key];
    else body[key] = merged(body[key], value);
  }
}

function merged(there: JsonValue | undefined, value: JsonValue): JsonValue {
  if (!isJsonObject(value) || !isJsonObject(there) || !sameType(there, value)) return value;
  const draft: JsonBody = { ...there };
  mergeFields(draft, value);
  return draft;
}

function sameType(there: JsonObject, value: JsonObject): boolean {
  return value.type === undefined || there.type === value.type;
}
