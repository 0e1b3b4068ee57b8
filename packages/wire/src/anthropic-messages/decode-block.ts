import type { AssistantPart, JsonObject } from '@inferway/core';
import { citationsOf } from './citations.js';
import { opaqueOfSignature } from './foreign-signature.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { keepRest } from './own-fields.js';

const TEXT: ReadonlySet<string> = new Set(['type', 'text', 'citations']);
const TOOL_USE: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input']);

/** One content block of an answer. Blocks without a portable meaning, and those not as documented, are kept whole. */
export function partOfBlock(block: JsonObject): AssistantPart {
  switch (block.type) {
    case 'text':
      if (typeof block.text === 'string') return textPart(block, block.text);
      break;
    case 'tool_use':
      if (typeof block.id === 'string' && typeof block.name === 'string')
        return toolCallPart(block, block.id, block.name, JSON.stringify(block.input ?? {}));
      break;
    case 'thinking':
    case 'redacted_thinking':
      return reasoningPart(block);
  }
  return { type: 'provider', format: ANTHROPIC_MESSAGES, kind: kindOf(block), value: block };
}

export function textPart(block: JsonObject, text: string): AssistantPart {
  const citations = citationsOf(block.citations);
  const part = { type: 'text', text, ...keepRest(block, TEXT) } as const;
  return citations === undefined ? part : { ...part, citations };
}

export function toolCallPart(
  block: JsonObject,
  id: string,
  name: string,
  args: string,
): AssistantPart {
  return { type: 'tool-call', id, name, arguments: args, ...keepRest(block, TOOL_USE) };
}

/** `thinking`, or `redacted_thinking`, whose encrypted `data` is all there is. */
export function reasoningPart(block: JsonObject): AssistantPart {
  if (block.type === 'redacted_thinking') {
    const value = { data: block.data };
    return { type: 'reasoning', text: '', opaque: { format: ANTHROPIC_MESSAGES, value } };
  }
  const text = typeof block.thinking === 'string' ? block.thinking : '';
  const opaque =
    typeof block.signature === 'string' ? opaqueOfSignature(block.signature) : undefined;
  return opaque === undefined ? { type: 'reasoning', text } : { type: 'reasoning', text, opaque };
}

function kindOf(block: JsonObject): string {
  return typeof block.type === 'string' ? block.type : 'unknown';
}
