import type { CompleteRequest } from '@inferway/core';
import { checkBody, type Fields } from '../checks.js';
import type { DecodedRequest } from '../format.js';
import { defined } from '../json-body.js';
import { TGI_GENERATE } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'max_new_tokens',
  'temperature',
  'do_sample',
  'top_k',
  'top_p',
  'repetition_penalty',
  'frequency_penalty',
  'seed',
  'stop',
  'best_of',
  'return_full_text',
  'details',
  'top_n_tokens',
]);

/**
 * The body of a caller to canonical request. It names no model: that is the server's own, or the one in the address. Parameters without a
 * canonical name (`typical_p`, `watermark`, `truncate`, `grammar`, `adapter_id`, `decoder_input_details`) are kept in `passthrough`.
 */
export function decodeRequest(body: unknown): DecodedRequest<'complete'> {
  const fields = checkBody(body);
  const prompt = fields.requiredString('inputs');
  if (prompt === '') fields.refuse('inputs', 'cannot be empty.');
  const parameters = fields.fields('parameters');
  const details =
    parameters?.boolean('details') === true ||
    parameters?.boolean('decoder_input_details') === true;
  const rest = parameters?.rest(KNOWN);
  const request: CompleteRequest = defined({
    prompt,
    ...(parameters === undefined ? {} : decodeParameters(parameters, details)),
    passthrough: rest === undefined ? undefined : { format: TGI_GENERATE, fields: rest },
  });
  return {
    model: fields.string('model') ?? '',
    stream: fields.boolean('stream') ?? false,
    request,
    as: details ? { form: 'details' } : {},
  };
}

function decodeParameters(parameters: Fields, details: boolean): Partial<CompleteRequest> {
  const sample = parameters.boolean('do_sample');
  const temperature = parameters.number('temperature', 0, 100);
  if (temperature === 0) parameters.refuse('temperature', 'must be above 0.');
  const topP = parameters.number('top_p', 0, 1);
  if (topP === 0 || topP === 1) parameters.refuse('top_p', 'must be above 0 and below 1.');
  const bestOf = parameters.integer('best_of', 1, 128);
  const draws = sample === true || [temperature, topP, parameters.value('top_k')].some(told);
  if ((bestOf ?? 1) > 1 && !draws) {
    parameters.refuse('best_of', 'needs sampling: set do_sample to true.');
  }
  if ((bestOf ?? 1) > 1 && parameters.has('seed')) {
    parameters.refuse('seed', 'must not be set where best_of is above 1.');
  }
  return {
    maxOutputTokens: parameters.integer('max_new_tokens', 1),
    temperature: temperature ?? (sample === false ? 0 : undefined),
    topP,
    topK: parameters.integer('top_k', 1),
    repetitionPenalty: parameters.number('repetition_penalty', 0),
    frequencyPenalty: parameters.number('frequency_penalty', -2, 2),
    seed: parameters.integer('seed', 0),
    stop: parameters.strings('stop'),
    choices: bestOf,
    echo: parameters.boolean('return_full_text'),
    // Who asks for the details asks for the tokens and their log probabilities.
    logprobs: parameters.integer('top_n_tokens', 0, 20) ?? (details ? 0 : undefined),
  };
}

function told(value: unknown): boolean {
  return value !== undefined;
}
