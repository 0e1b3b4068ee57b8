import type { CompleteChoice, JsonObject } from '@inferway/core';
import type { Decoded, EncodeAs } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { writeFinishReason } from '../openai/finish-reason.js';
import { writeUsage } from '../openai/usage.js';
import { OPENAI_COMPLETIONS } from './dialect.js';
import { writeLogprobs } from './logprobs.js';

/** Canonical result to the body of a completion. */
export function encodeResponse({ result, usage }: Decoded<'complete'>, as: EncodeAs): JsonObject {
  const body: JsonBody = {
    id: result.id ?? as.id,
    object: 'text_completion',
    created: result.created ?? as.created,
    model: result.model ?? as.model,
    choices: [result, ...(result.alternatives ?? [])].map((choice, index) =>
      encodeChoice(choice, index),
    ),
  };
  if (usage !== undefined) body['usage'] = writeUsage(usage);
  if (result.passthrough?.format === OPENAI_COMPLETIONS) addFields(body, result.passthrough.fields);
  return body;
}

function encodeChoice(choice: CompleteChoice, index: number): JsonObject {
  const { word, native } = writeFinishReason(choice.finishReason);
  const body: JsonBody = {
    text: choice.text,
    index,
    logprobs: writeLogprobs(choice.logprobs),
    finish_reason: word,
  };
  if (native !== undefined) body['native_finish_reason'] = native;
  return body;
}
