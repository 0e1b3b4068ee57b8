import type { JsonObject } from '@inferway/core';
import type { Decoded, EncodeAs } from '../format.js';
import { answerBlock } from './answer-block.js';
import { callOpaqueBlock } from './call-opaque.js';
import type { JsonBody } from '../json-body.js';
import { encodeUsage } from './encode-usage.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { answerHolds, stopReasonOf } from './stop-reason.js';

/** A result as a Message. The protocol has one answer: alternatives are left out. */
export function encodeResponse({ result, usage }: Decoded<'chat'>, as: EncodeAs): JsonObject {
  const content: JsonObject[] = [];
  for (const part of result.message.content) {
    const block = answerBlock(part);
    if (block !== undefined) content.push(block);
    const carried = part.type === 'tool-call' ? callOpaqueBlock(part.id, part.opaque) : undefined;
    if (carried !== undefined) content.push(carried);
  }
  const body: JsonBody = {
    id: result.id ?? as.id,
    type: 'message',
    role: 'assistant',
    model: result.model ?? as.model,
    content,
    stop_reason: stopReasonOf(result.finishReason, answerHolds(result)),
    stop_sequence: null,
    usage: encodeUsage(usage),
  };
  const { passthrough } = result;
  return passthrough?.format === ANTHROPIC_MESSAGES
    ? { ...passthrough.fields, ...body, ...stopSequence(passthrough.fields) }
    : body;
}

function stopSequence({ stop_sequence: sequence }: JsonObject): JsonObject {
  return sequence === undefined ? {} : { stop_sequence: sequence };
}
