import type { ChatChoice, JsonObject } from '@inferway/core';
import type { Decoded, EncodeAs } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { writeFinishReason } from '../openai/finish-reason.js';
import { writeUsage } from '../openai/usage.js';
import { OPENAI_CHAT } from './dialect.js';
import { encodeAnswer } from './encode-answer.js';
import { writeLogprobs } from '../openai/logprobs.js';

/** Canonical result to the body of a chat completion. */
export function encodeResponse({ result, usage }: Decoded<'chat'>, as: EncodeAs): JsonObject {
  const id = result.id ?? as.id;
  const body: JsonBody = {
    id,
    object: 'chat.completion',
    created: result.created ?? as.created,
    model: result.model ?? as.model,
    choices: [result, ...(result.alternatives ?? [])].map((choice, index) =>
      encodeChoice(choice, index, id),
    ),
  };
  if (usage !== undefined) body['usage'] = writeUsage(usage);
  if (result.passthrough?.format === OPENAI_CHAT) addFields(body, result.passthrough.fields);
  return body;
}

function encodeChoice(choice: ChatChoice, index: number, id: string): JsonObject {
  const { word, native } = writeFinishReason(choice.finishReason);
  const body: JsonBody = {
    index,
    message: encodeAnswer(choice.message.content, id),
    logprobs: choice.logprobs === undefined ? null : writeLogprobs(choice.logprobs),
    finish_reason: word,
  };
  if (native !== undefined) body['native_finish_reason'] = native;
  return body;
}
