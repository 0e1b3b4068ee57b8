import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import type { JsonBody } from '../json-body.js';

/** A schema in the subset of JSON Schema that the API takes, and which constraints it could not say. */
export interface SubsetSchema {
  readonly schema: JsonObject;
  /** Keywords that were moved to descriptions, without repetition. */
  readonly moved: readonly string[];
}

/** Keywords that are a 400 (platform.claude.com, "Structured outputs", JSON Schema limitations). */
const REFUSED: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]);

/** Keywords that hold schemas by name, one schema, and lists of schemas. */
const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
const SCHEMAS: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not']);
const LISTS: ReadonlySet<string> = new Set(['anyOf', 'allOf', 'oneOf', 'prefixItems']);

/**
 * Objects are closed, which the API wants said. Constraints that it refuses are told to the model in the description, as Anthropic's own
 * clients do; whoever reads the answer checks it against the whole schema.
 */
export function schemaSubset(schema: JsonObject): SubsetSchema {
  const moved: string[] = [];
  return { schema: subset(schema, moved), moved };
}

function subset(schema: JsonObject, moved: string[]): JsonObject {
  const out: JsonBody = {};
  const told: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (key === '__proto__' || key === '$schema') continue;
    if (REFUSED.has(key) || (key === 'minItems' && value !== 0 && value !== 1)) {
      told.push(`${key}: ${JSON.stringify(value)}`);
      if (!moved.includes(key)) moved.push(key);
    } else out[key] = below(key, value, moved);
  }
  if (told.length > 0) {
    const before = typeof out.description === 'string' ? `${out.description}\n` : '';
    out.description = `${before}{${told.join(', ')}}`;
  }
  if (out.additionalProperties === undefined && isObjectSchema(out))
    out.additionalProperties = false;
  return out;
}

function below(key: string, value: JsonValue | undefined, moved: string[]): JsonValue | undefined {
  if (LISTS.has(key) && Array.isArray(value))
    return value.map((entry) => (isJsonObject(entry) ? subset(entry, moved) : entry));
  if (!isJsonObject(value)) return value;
  if (SCHEMAS.has(key)) return subset(value, moved);
  if (!MAPS.has(key)) return value;
  const out: JsonBody = {};
  for (const [name, entry] of Object.entries(value))
    if (name !== '__proto__') out[name] = isJsonObject(entry) ? subset(entry, moved) : entry;
  return out;
}

function isObjectSchema({ type, properties }: JsonBody): boolean {
  return type === 'object' || (type === undefined && properties !== undefined);
}
