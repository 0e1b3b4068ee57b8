import type { JsonObject, JsonValue, Opaque, ToolCallPart } from '@inferway/core';
import { asObject, asString } from '../lenient.js';
import { OPENAI_CHAT } from './dialect.js';

/** The member of `extra_content` that carries what another format needs back. */
const FOREIGN = 'inferway';

/**
 * One of `tool_calls`. `extra_content` is where this protocol's providers put what they need back with a call (Gemini's thought
 * signatures); with `portable`, other formats' too.
 */
export function writeToolCall(part: ToolCallPart, portable: boolean): JsonObject {
  const { id, name, opaque } = part;
  const extra = writeExtra(opaque, portable);
  return {
    id,
    type: 'function',
    function: { name, arguments: part.arguments },
    ...(extra === undefined ? {} : { extra_content: extra }),
  };
}

export function writeExtra(opaque: Opaque | undefined, portable: boolean): JsonValue | undefined {
  if (opaque === undefined) return undefined;
  if (opaque.format === OPENAI_CHAT) return opaque.value;
  return portable ? { [FOREIGN]: { format: opaque.format, value: opaque.value } } : undefined;
}

/** The opaque value of a call, from its `extra_content`. */
export function readExtra(extra: JsonValue | undefined): Opaque | undefined {
  if (extra === undefined || extra === null) return undefined;
  const foreign = asObject(asObject(extra)?.[FOREIGN]);
  const format = asString(foreign?.['format']);
  if (format === undefined) return { format: OPENAI_CHAT, value: extra };
  return { format, value: foreign?.['value'] ?? null };
}
