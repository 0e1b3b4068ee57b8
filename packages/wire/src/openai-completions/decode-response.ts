import {
  isJsonObject,
  type CompleteChoice,
  type CompleteResult,
  type JsonObject,
} from '@inferway/core';
import type { Decoded, DecodeSource } from '../format.js';
import { defined, otherFields } from '../json-body.js';
import { asList, asNumber, asObject, asString, asText } from '../lenient.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { finishWord, readFinishReason } from '../openai/finish-reason.js';
import { tellTimings } from '../openai/timings.js';
import { toldWarnings } from '../openai/told-warnings.js';
import { readUsage } from '../openai/usage.js';
import { OPENAI_COMPLETIONS, type OpenAICompletionsDialect } from './dialect.js';
import { readLogprobs } from './logprobs.js';

/** Fields of an answer or chunk that the canonical form has a name for. */
export const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'error',
  'obfuscation',
]);

/** Body of a completion to canonical result. */
export function decodeResponse(
  body: unknown,
  from: DecodeSource<OpenAICompletionsDialect>,
): Decoded<'complete'> {
  const answer = successBody(body, 'choices', from);
  const [first, ...alternatives] = asList(answer['choices'])
    .filter(isJsonObject)
    .map((choice, order) => ({ number: asNumber(choice['index']) ?? order, choice }))
    .sort((a, b) => a.number - b.number)
    .map(({ choice }) => decodeChoice(choice));
  if (first === undefined) throw emptyResponse();
  for (const warning of toldWarnings(answer)) from.warn(warning);
  tellTimings(answer, from);
  const fields = otherFields(answer, KNOWN);
  const result: CompleteResult = defined({
    id: asText(answer['id']),
    model: asText(answer['model']),
    created: asNumber(answer['created']),
    ...first,
    alternatives: alternatives.length === 0 ? undefined : alternatives,
    passthrough: fields === undefined ? undefined : { format: OPENAI_COMPLETIONS, fields },
  });
  return defined({ result, usage: readUsage(answer['usage']) });
}

function decodeChoice(choice: JsonObject): CompleteChoice {
  const word = finishWord(choice['finish_reason']);
  return defined({
    text: completionText(choice),
    finishReason:
      word === undefined
        ? { unified: 'unknown' as const }
        : readFinishReason(word, choice['native_finish_reason'], false),
    logprobs: readLogprobs(choice['logprobs']),
  });
}

/** A choice's text; some servers answer a completion in the shape of a chat. */
export function completionText(choice: JsonObject): string {
  const message = asObject(choice['message']) ?? asObject(choice['delta']);
  return asString(choice['text']) ?? asString(message?.['content']) ?? '';
}
