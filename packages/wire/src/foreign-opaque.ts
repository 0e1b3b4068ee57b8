import {
  isJsonObject,
  type AssistantPart,
  type JsonObject,
  type Opaque,
  type ReasoningPart,
} from '@inferway/core';

const PREFIX = 'inferway:';
const CALL_PREFIX = 'inferway-call:';

/**
 * One format's opaque value as a text that can stand in another format's signature. Clients send signatures back unread, so the value is whole
 * again when it returns.
 */
export function carry(opaque: Opaque): string {
  return PREFIX + JSON.stringify({ format: opaque.format, value: opaque.value });
}

/** The opaque value that a text carries; undefined for a signature of the protocol's own, and for one that a client has spoilt. */
export function carried(text: string): Opaque | undefined {
  return opaqueOf(parsed(text, PREFIX));
}

/**
 * What another format needs back with a tool call (Gemini's thought signatures), for protocols whose calls have no place for it: it travels
 * in a reasoning part of its own, behind the call.
 */
export function carryForCall(id: string, { format, value }: Opaque): string {
  return CALL_PREFIX + JSON.stringify({ call: id, format, value });
}

/**
 * Puts values that came in parts of their own back onto their calls, and takes those parts out.
 *
 * @param textOf The text of a reasoning part that may carry such a value.
 */
export function restoreCallOpaques(
  parts: AssistantPart[],
  textOf: (part: ReasoningPart) => unknown,
): AssistantPart[] {
  const values = new Map<string, Opaque>();
  const others = parts.filter((part) => {
    const text = part.type === 'reasoning' ? textOf(part) : undefined;
    const value = typeof text === 'string' ? parsed(text, CALL_PREFIX) : undefined;
    const opaque = opaqueOf(value);
    if (opaque === undefined || typeof value?.call !== 'string') return true;
    values.set(value.call, opaque);
    return false;
  });
  if (values.size === 0) return parts;
  return others.map((part) => {
    if (part.type !== 'tool-call') return part;
    const opaque = values.get(part.id);
    return opaque === undefined ? part : { ...part, opaque };
  });
}

function opaqueOf(value: JsonObject | undefined): Opaque | undefined {
  return typeof value?.format === 'string' && value.value !== undefined
    ? { format: value.format, value: value.value }
    : undefined;
}

function parsed(text: string, prefix: string): JsonObject | undefined {
  if (!text.startsWith(prefix)) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(prefix.length));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
