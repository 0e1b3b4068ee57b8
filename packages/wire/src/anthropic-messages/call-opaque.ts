import { isJsonObject, type JsonObject, type Opaque, type ReasoningPart } from '@inferway/core';
import { carryForCall } from '../foreign-opaque.js';
import { ANTHROPIC_MESSAGES } from './name.js';

/**
 * What another format needs back with a tool call has no place in `tool_use`. Clients return every `redacted_thinking` block unread, so it
 * travels in one after the call and is put back onto the call when it returns.
 */
export function callOpaqueBlock(id: string, opaque: Opaque | undefined): JsonObject | undefined {
  if (opaque === undefined || opaque.format === ANTHROPIC_MESSAGES) return undefined;
  return { type: 'redacted_thinking', data: carryForCall(id, opaque) };
}

/** The text of a block that may be such a one. */
export function redactedData({ opaque }: ReasoningPart): unknown {
  return opaque?.format === ANTHROPIC_MESSAGES && isJsonObject(opaque.value)
    ? opaque.value.data
    : undefined;
}
