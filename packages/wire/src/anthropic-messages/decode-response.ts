import {
  InferwayError,
  isJsonObject,
  type AssistantPart,
  type ChatResult,
  type JsonObject,
  type Passthrough,
} from '@inferway/core';
import type { Decoded, DecodeSource } from '../format.js';
import { partOfBlock } from './decode-block.js';
import type { AnthropicDialect } from './dialect.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { otherFields } from '../json-body.js';
import { finishReasonOf, mayCut } from './stop-reason.js';
import { usageOf } from './usage.js';

/** Fields of a Message that have a canonical place; all others go to `passthrough`. */
const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'model',
  'content',
  'stop_reason',
  'usage',
]);

export function decodeResponse(
  body: unknown,
  from: DecodeSource<AnthropicDialect>,
): Decoded<'chat'> {
  if (isJsonObject(body) && (body.type === 'error' || isJsonObject(body.error)))
    throw from.fail(body);
  if (!isJsonObject(body) || !Array.isArray(body.content)) {
    throw new InferwayError('protocol', {
      message: 'The answer is not an Anthropic message: it has no "content" list.',
    });
  }
  const content: AssistantPart[] = [];
  for (const block of body.content) if (isJsonObject(block)) content.push(partOfBlock(block));
  const finishReason = finishReasonOf(body.stop_reason);
  if (mayCut(finishReason) && isBareCall(content.at(-1))) content.pop();
  // A refusal, a prompt that was only written to the cache and a turn that needs no more words have a stop reason and no content.
  if (content.length === 0 && finishReason.raw === undefined) throw emptyResponse();
  const usage = usageOf(body.usage);
  const result: ChatResult = {
    ...headOf(body),
    message: { role: 'assistant', content },
    finishReason,
  };
  return usage === undefined ? { result } : { result, usage };
}

// A last call may have been cut before its arguments.
function isBareCall(part: AssistantPart | undefined): boolean {
  return part?.type === 'tool-call' && part.arguments === '{}';
}

/** Id, model and the fields without a canonical place of a Message, whole or as it is at a stream's start. */
export function headOf(message: JsonObject): Pick<ChatResult, 'id' | 'model' | 'passthrough'> {
  const passthrough = passthroughOf(otherFields(message, KNOWN));
  return {
    ...(typeof message.id === 'string' ? { id: message.id } : {}),
    ...(typeof message.model === 'string' ? { model: message.model } : {}),
    ...(passthrough === undefined ? {} : { passthrough }),
  };
}

export function passthroughOf(fields: JsonObject | undefined): Passthrough | undefined {
  return fields === undefined ? undefined : { format: ANTHROPIC_MESSAGES, fields };
}

export function emptyResponse(): InferwayError {
  return new InferwayError('empty_response', {
    message: 'The answer has neither content nor a stop reason.',
  });
}
