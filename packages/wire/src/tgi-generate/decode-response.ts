import type { CompleteChoice, CompleteResult, JsonObject } from '@inferway/core';
import type { Decoded, DecodeSource } from '../format.js';
import { defined } from '../json-body.js';
import { asList, asObject, asObjects, asString } from '../lenient.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { toldWarnings } from '../openai/told-warnings.js';
import { asked, finishReason, otherDetails, readUsage } from './details.js';
import type { TgiGenerateDialect } from './dialect.js';
import { withoutStop } from './stop-text.js';
import { readLogprobs } from './tokens.js';

/** `{generated_text, details?}`, or a list of one, as the root path of the server gives it. */
export function decodeResponse(
  body: unknown,
  from: DecodeSource<TgiGenerateDialect>,
): Decoded<'complete'> {
  const answer = successBody(Array.isArray(body) ? body[0] : body, 'generated_text', from);
  if (asString(answer['generated_text']) === undefined) throw emptyResponse();
  const details = asObject(answer['details']);
  for (const warning of toldWarnings(answer)) from.warn(warning);
  const others = asObjects(details?.['best_of_sequences']).map((sequence) =>
    decodeChoice(sequence, sequence, from),
  );
  const result: CompleteResult = defined({
    ...decodeChoice(answer, details, from),
    alternatives: others.length === 0 ? undefined : others,
    passthrough: otherDetails(details),
  });
  return defined({ result, usage: readUsage(details, from) });
}

function decodeChoice(
  answer: JsonObject,
  details: JsonObject | undefined,
  from: DecodeSource<TgiGenerateDialect>,
): CompleteChoice {
  const { stop = [], logprobs } = asked(from);
  const tokens = asObjects(details?.['tokens']);
  const text = asString(answer['generated_text']) ?? '';
  const reason = finishReason(details, tokens.at(-1));
  return defined({
    text: reason.raw === 'stop_sequence' ? withoutStop(text, stop) : text,
    finishReason: reason,
    logprobs:
      logprobs === undefined ? undefined : readLogprobs(tokens, asList(details?.['top_tokens'])),
  });
}
