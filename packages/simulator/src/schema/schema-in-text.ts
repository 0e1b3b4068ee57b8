import { isJsonObject, type JsonObject } from '@inferway/core';

const WORDS = 'JSON Schema: ';

/** The schema that a prompt says in words, as JSON at the end of a line after `JSON Schema:`. */
export function schemaInText(text: string): JsonObject | undefined {
  const at = text.indexOf(WORDS);
  if (at === -1) return undefined;
  const [line = ''] = text.slice(at + WORDS.length).split('\n');
  try {
    const schema: unknown = JSON.parse(line);
    return isJsonObject(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}
