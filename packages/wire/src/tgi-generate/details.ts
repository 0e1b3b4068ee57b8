import type { CompleteRequest, FinishReason, JsonObject, Passthrough, Usage } from '@inferway/core';
import type { DecodeSource } from '../format.js';
import { defined, otherFields } from '../json-body.js';
import { asCount, asList, asObjects, asText } from '../lenient.js';
import { readFinishReason } from '../openai/finish-reason.js';
import { TGI_GENERATE } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'generated_text',
  'finish_reason',
  'generated_tokens',
  'input_length',
  'tokens',
  'top_tokens',
  'best_of_sequences',
]);

/** Why an answer ended: its own word; else a special last token says that the model was done. */
export function finishReason(
  details: JsonObject | undefined,
  last: JsonObject | undefined,
): FinishReason {
  const word = asText(details?.['finish_reason']);
  if (word !== undefined) return readFinishReason(word, undefined, false);
  return { unified: last?.['special'] === true ? 'stop' : 'unknown' };
}

/** Tokens read and written: from the details, and from the headers where the body does not tell. */
export function readUsage(
  details: JsonObject | undefined,
  from: Pick<DecodeSource, 'header'>,
): Usage | undefined {
  const others = asObjects(details?.['best_of_sequences']);
  const generated = [details, ...others].map((sequence) => asCount(sequence?.['generated_tokens']));
  const prefill = asList(details?.['prefill']).length;
  const inputTokens =
    asCount(details?.['input_length']) ??
    headerCount(from, 'x-prompt-tokens') ??
    (prefill === 0 ? undefined : prefill);
  const outputTokens = generated.every((count) => count !== undefined)
    ? generated.reduce((sum, count) => sum + count, 0)
    : headerCount(from, 'x-generated-tokens');
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return defined({
    inputTokens,
    outputTokens,
    raw: defined({
      input_length: details?.['input_length'],
      generated_tokens: details?.['generated_tokens'],
    }),
  });
}

/** What the details say besides, such as the seed and the prompt's tokens. */
export function otherDetails(details: JsonObject | undefined): Passthrough | undefined {
  const fields = otherFields(details ?? {}, KNOWN);
  if (fields?.['prefill'] !== undefined && asList(fields['prefill']).length === 0) {
    delete fields['prefill'];
  }
  return fields === undefined || Object.keys(fields).length === 0
    ? undefined
    : { format: TGI_GENERATE, fields };
}

/** What of the request an answer is read with. */
export function asked(from: Pick<DecodeSource, 'request'>): Partial<CompleteRequest> {
  return (from.request as CompleteRequest | undefined) ?? { logprobs: 0 };
}

function headerCount(from: Pick<DecodeSource, 'header'>, name: string): number | undefined {
  const value = from.header?.(name);
  return value !== undefined && /^\d{1,15}$/u.test(value) ? Number(value) : undefined;
}
