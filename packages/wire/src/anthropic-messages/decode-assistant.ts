import type { AssistantPart } from '@inferway/core';
import type { Fields } from '../checks.js';
import { reasoningPart } from './decode-block.js';
import { decodeCache, decodeContentBlock, decodeText, providerPart } from './decode-content.js';
import { keepRest } from './own-fields.js';

const TOOL_USE: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input', 'cache_control']);

/** A block of an answer that the caller sends back. */
export function decodeAssistantBlock(block: Fields): AssistantPart {
  const type = block.requiredString('type');
  switch (type) {
    case 'text':
      return decodeText(block);
    case 'tool_use':
      return {
        type: 'tool-call',
        id: block.requiredString('id'),
        name: block.requiredString('name'),
        arguments: JSON.stringify(block.requiredFields('input').object),
        ...decodeCache(block),
        ...keepRest(block.object, TOOL_USE),
      };
    case 'thinking':
      block.requiredString('thinking');
      block.string('signature');
      return reasoningPart(block.object);
    case 'redacted_thinking':
      block.requiredString('data');
      return reasoningPart(block.object);
    case 'tool_result':
      return block.refuse('type', 'is "tool_result", which only messages of the user may hold.');
    case 'image':
    case 'document':
      return decodeContentBlock(block);
    default:
      return providerPart(block, type);
  }
}
