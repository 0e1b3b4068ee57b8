import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import { generateSync } from 'json-schema-faker';

/** Keywords that hold one schema, a list of schemas, or schemas by name. `not` and `if` are left alone: narrowing them would widen the whole. */
const ONE = ['items', 'additionalProperties', 'contains', 'then', 'else'];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const NAMED = ['properties', '$defs', 'definitions', 'patternProperties'];

/** Keywords that already say what a string is. */
const STRING_RULES = ['enum', 'const', 'pattern', 'format', 'minLength', 'maxLength', '$ref'];
const WIDTH = 1000;

/**
 * A schema that the generator can fill well: never wider in what it asks than it must be, in the places where the generator is weak.
 * Free strings take words of the prompt, half-open number ranges are closed, Unicode classes of patterns become ASCII ones.
 * What is made of it must still be checked against the original.
 */
export function simplify(
  schema: JsonValue | undefined,
  words: readonly string[],
): JsonValue | undefined {
  if (!isJsonObject(schema)) return schema;
  const simple: Record<string, JsonValue | undefined> = { ...schema };
  const inner = (value: JsonValue | undefined): JsonValue | undefined => simplify(value, words);
  for (const key of ONE) if (isJsonObject(schema[key])) simple[key] = inner(schema[key]);
  for (const key of LISTS) {
    const list = schema[key];
    if (Array.isArray(list)) simple[key] = list.map((entry) => inner(entry) ?? null);
  }
  for (const key of NAMED) {
    const named = schema[key];
    if (isJsonObject(named)) {
      simple[key] = Object.fromEntries(
        Object.entries(named).map(([name, value]) => [name, inner(value)]),
      );
    }
  }
  if (typeof schema['pattern'] === 'string') simple['pattern'] = asciiPattern(schema['pattern']);
  closeRange(simple);
  if (isFreeString(schema) && words.length > 0) simple['enum'] = words;
  nameProperties(simple);
  return simple;
}

function isFreeString(schema: JsonObject): boolean {
  return schema['type'] === 'string' && STRING_RULES.every((rule) => schema[rule] === undefined);
}

const CLASSES: Readonly<Record<string, string>> = {
  L: 'a-z',
  Letter: 'a-z',
  Alphabetic: 'a-z',
  Lu: 'A-Z',
  Uppercase_Letter: 'A-Z',
  Ll: 'a-z',
  Lowercase_Letter: 'a-z',
  N: '0-9',
  Nd: '0-9',
  Number: '0-9',
};

/** Unicode classes as ASCII ranges, with brackets of their own where they stand outside of some. */
function asciiPattern(pattern: string): string {
  let inside = false;
  return pattern.replaceAll(/\\p\{(\w+)\}|\\.|[[\]]/gu, (found, name: string | undefined) => {
    if (found === '[' || found === ']') inside = found === '[';
    const range = name === undefined ? undefined : CLASSES[name];
    if (range === undefined) return found;
    return inside ? range : `[${range}]`;
  });
}

function closeRange(schema: Record<string, JsonValue | undefined>): void {
  const low = number(schema['minimum']) ?? number(schema['exclusiveMinimum']);
  const high = number(schema['maximum']) ?? number(schema['exclusiveMaximum']);
  const step = number(schema['multipleOf']) ?? 1;
  if (low !== undefined && high === undefined) schema['maximum'] = low + step * WIDTH;
  if (high !== undefined && low === undefined) schema['minimum'] = high - step * WIDTH;
}

function number(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Objects whose property names are only described: the generator is given names. */
function nameProperties(schema: Record<string, JsonValue | undefined>): void {
  if (schema['properties'] !== undefined) return;
  const named = describedNames(schema);
  if (named.length === 0) return;
  schema['properties'] = Object.fromEntries(named);
  if (typeof schema['minProperties'] === 'number') schema['required'] = named.map(([name]) => name);
  delete schema['patternProperties'];
  delete schema['propertyNames'];
  schema['additionalProperties'] = false;
}

function describedNames(
  schema: Record<string, JsonValue | undefined>,
): readonly (readonly [string, JsonValue])[] {
  const { propertyNames: names, patternProperties: patterns } = schema;
  const value = schema['additionalProperties'] ?? true;
  const count = Math.max(2, number(schema['minProperties']) ?? 0);
  if (isJsonObject(names) && Array.isArray(names['enum'])) {
    return names['enum'].slice(0, count).map((name) => [String(name), value] as const);
  }
  if (isJsonObject(names) && typeof names['pattern'] === 'string') {
    return examples(names['pattern'], count).map((name) => [name, value] as const);
  }
  if (!isJsonObject(patterns)) return [];
  return Object.entries(patterns).flatMap(([pattern, inner]) =>
    examples(pattern, count).map((name) => [name, inner ?? true] as const),
  );
}

/** Some names that match a pattern. */
function examples(pattern: string, count: number): readonly string[] {
  const names = new Set<string>();
  for (let seed = 1; names.size < count && seed < 20 * count; seed++) {
    names.add(String(generateSync({ type: 'string', pattern: asciiPattern(pattern) }, { seed })));
  }
  return [...names];
}
