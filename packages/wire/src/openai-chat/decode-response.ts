import { isJsonObject, type ChatChoice, type ChatResult, type JsonObject } from '@inferway/core';
import type { Decoded, DecodeSource } from '../format.js';
import { defined, otherFields, type JsonBody } from '../json-body.js';
import { asList, asNumber, asObject, asText } from '../lenient.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { finishWord, readFinishReason } from '../openai/finish-reason.js';
import { tellTimings } from '../openai/timings.js';
import { toldWarnings } from '../openai/told-warnings.js';
import { readUsage } from '../openai/usage.js';
import { vendorFields } from '../openai/vendor-fields.js';
import { decodeAnswer } from './decode-answer.js';
import { OPENAI_CHAT, type OpenAIChatDialect } from './dialect.js';
import { readLogprobs } from '../openai/logprobs.js';

const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'error',
]);

/** Body of a chat completion to canonical result. */
export function decodeResponse(
  body: unknown,
  from: DecodeSource<OpenAIChatDialect>,
): Decoded<'chat'> {
  const answer = successBody(body, 'choices', from);
  const choices = asList(answer['choices']).filter(isJsonObject);
  const decoded = choices
    .map((choice, order) => ({
      number: asNumber(choice['index']) ?? order,
      choice: decodeChoice(choice, answer, from),
    }))
    .sort((a, b) => a.number - b.number)
    .map(({ choice }) => choice);
  const [first, ...alternatives] = decoded;
  if (first === undefined) throw emptyResponse();
  for (const warning of toldWarnings(answer)) from.warn(warning);
  tellTimings(answer, from);
  const fields = passedFields(answer, choices[0]);
  const result: ChatResult = defined({
    id: asText(answer['id']),
    model: asText(answer['model']),
    created: asNumber(answer['created']),
    ...first,
    alternatives: alternatives.length === 0 ? undefined : alternatives,
    passthrough: fields === undefined ? undefined : { format: OPENAI_CHAT, fields },
  });
  const usage = answer['usage'] ?? vendorFields(answer)?.['usage'];
  return defined({ result, usage: readUsage(usage, from.dialect?.reasoningTokens) });
}

/** Fields that the canonical form has no name for; among them the first choice's `stop_reason`, the stop sequence that ended it. */
function passedFields(answer: JsonObject, first: JsonObject | undefined): JsonBody | undefined {
  const fields = otherFields(answer, KNOWN);
  const stopped = first?.['stop_reason'] ?? undefined;
  return stopped === undefined ? fields : { ...fields, stop_reason: stopped };
}

function decodeChoice(
  choice: JsonObject,
  answer: JsonObject,
  from: DecodeSource<OpenAIChatDialect>,
): ChatChoice {
  // OpenRouter puts the failure of one answer beside it.
  if (isJsonObject(choice['error'])) throw from.fail({ error: choice['error'] });
  const message = asObject(choice['message']) ?? { content: choice['text'] };
  const word = finishWord(choice['finish_reason']);
  const content = decodeAnswer(message, answer, word, from);
  return defined({
    message: { role: 'assistant', content },
    finishReason:
      word === undefined
        ? { unified: 'unknown' }
        : readFinishReason(
            word,
            choice['native_finish_reason'],
            content.some(({ type }) => type === 'tool-call' || type === 'provider'),
          ),
    logprobs: readLogprobs(choice['logprobs']),
  });
}
