import { isJsonObject, type AssistantPart, type JsonObject, type Opaque } from '@inferway/core';
import { opaqueOfSignature, signatureFor } from './foreign-signature.js';
import { ANTHROPIC_MESSAGES } from './name.js';

/**
 * What another format needs back with a tool call (Gemini's thought signatures) has no place in `tool_use`. Clients return every
 * `redacted_thinking` block unread, so it travels in one after the call and is put back onto the call when it returns.
 */
export function callOpaqueBlock(id: string, opaque: Opaque | undefined): JsonObject | undefined {
  if (opaque === undefined || opaque.format === ANTHROPIC_MESSAGES) return undefined;
  const { format, value } = opaque;
  return { type: 'redacted_thinking', data: signatureFor({ format, value: { call: id, value } }) };
}

/** Puts values that came in blocks of their own back onto their calls, and takes those blocks out. */
export function restoreCallOpaques(parts: AssistantPart[]): AssistantPart[] {
  const values = new Map<string, Opaque>();
  const others = parts.filter((part) => {
    const carried = carriedBy(part);
    if (carried !== undefined) values.set(carried.id, carried.opaque);
    return carried === undefined;
  });
  if (values.size === 0) return parts;
  return others.map((part) => {
    if (part.type !== 'tool-call') return part;
    const opaque = values.get(part.id);
    return opaque === undefined ? part : { ...part, opaque };
  });
}

function carriedBy(part: AssistantPart): { id: string; opaque: Opaque } | undefined {
  if (part.type !== 'reasoning' || part.opaque?.format !== ANTHROPIC_MESSAGES) return undefined;
  const data = isJsonObject(part.opaque.value) ? part.opaque.value.data : undefined;
  const opaque = typeof data === 'string' ? opaqueOfSignature(data) : undefined;
  if (opaque === undefined || opaque.format === ANTHROPIC_MESSAGES) return undefined;
  const { value } = opaque;
  if (!isJsonObject(value) || typeof value.call !== 'string') return undefined;
  return { id: value.call, opaque: { format: opaque.format, value: value.value ?? null } };
}
