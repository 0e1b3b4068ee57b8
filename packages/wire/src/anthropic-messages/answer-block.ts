import type { AssistantPart, JsonObject, ReasoningPart } from '@inferway/core';
import { citationFor } from './citations.js';
import type { JsonBody } from '../json-body.js';
import { signatureFor } from './foreign-signature.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { addOwnFields, ownFields } from './own-fields.js';
import { toolInput } from './tool-input.js';

/**
 * A part of an answer as the block that a client of this protocol expects; undefined for what it has no block for (images, audio without
 * a transcript, parts of another format). Reasoning of another provider becomes a thinking block whose signature carries its opaque value.
 */
export function answerBlock(part: AssistantPart): JsonObject | undefined {
  switch (part.type) {
    case 'text': {
      const block: JsonBody = { type: 'text', text: part.text };
      const citations = part.citations?.map(citationFor).filter((value) => value !== undefined);
      if (citations !== undefined && citations.length > 0) block.citations = citations;
      addOwnFields(block, part.opaque);
      return block;
    }
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'audio':
      return part.transcript === undefined ? undefined : { type: 'text', text: part.transcript };
    case 'reasoning':
      return redacted(part.opaque) ?? thinking(part);
    case 'tool-call': {
      const block: JsonBody = {
        type: 'tool_use',
        id: part.id,
        name: part.name,
        input: toolInput(part.arguments).input,
      };
      addOwnFields(block, part.opaque);
      return block;
    }
    case 'provider':
      return part.format === ANTHROPIC_MESSAGES ? part.value : undefined;
    default:
      return undefined;
  }
}

/** `redacted_thinking` for an opaque value that is one. */
export function redacted(opaque: ReasoningPart['opaque']): JsonObject | undefined {
  const data = ownFields(opaque)?.data;
  return data === undefined ? undefined : { type: 'redacted_thinking', data };
}

function thinking({ text, opaque }: ReasoningPart): JsonObject {
  return { type: 'thinking', thinking: text, signature: signatureFor(opaque) };
}
