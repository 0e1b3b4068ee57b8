import type { CompleteRequest, JsonObject } from '@inferway/core';
import { unsupported, warnForeignFields } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { TGI_GENERATE, type GenerateSetting, type TgiGenerateDialect } from './dialect.js';

const PLAIN = [
  ['maxOutputTokens', 'max_new_tokens'],
  ['repetitionPenalty', 'repetition_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['stop', 'stop'],
  ['echo', 'return_full_text'],
] as const satisfies readonly (readonly [GenerateSetting, string])[];

const NO_WORD: readonly GenerateSetting[] = ['suffix', 'minP', 'presencePenalty', 'user'];

/** Canonical request to `inputs` and `parameters`. A provider's own options are parameters too. */
export function encodeRequest(
  request: CompleteRequest,
  to: EncodeTarget<TgiGenerateDialect>,
): JsonObject {
  const dialect = to.dialect ?? {};
  const taken = dropUntaken(request, to);
  const parameters: JsonBody = {};
  addFields(parameters, dialect.defaults);
  if (dialect.details !== false || taken.logprobs !== undefined) parameters['details'] = true;
  for (const [setting, field] of PLAIN) {
    if (taken[setting] !== undefined) parameters[field] = taken[setting];
  }
  // Log probabilities of the chosen tokens are part of the details; only the others must be asked for.
  if (taken.logprobs !== undefined && taken.logprobs > 0) {
    parameters['top_n_tokens'] = taken.logprobs;
  }
  addFields(parameters, sampling(taken));
  if (request.passthrough?.format === TGI_GENERATE) {
    addFields(parameters, request.passthrough.fields);
  } else warnForeignFields(request.passthrough, to);
  addFields(parameters, request.providerOptions?.[to.provider]);
  const body: JsonBody = { inputs: request.prompt, parameters };
  if (dialect.streamField === true) body['stream'] = to.stream;
  return body;
}

function dropUntaken(
  request: CompleteRequest,
  to: EncodeTarget<TgiGenerateDialect>,
): CompleteRequest {
  const taken: { -readonly [K in keyof CompleteRequest]: CompleteRequest[K] } = { ...request };
  const drop = (setting: GenerateSetting, because: string): void => {
    if (taken[setting] === undefined) return;
    delete taken[setting];
    to.warn(unsupported(setting, because));
  };
  for (const setting of [...NO_WORD, ...(to.dialect?.unsupported ?? [])]) {
    drop(setting, `${to.provider} does not take it`);
  }
  if (request.topP !== undefined && request.topP <= 0) {
    drop('topP', 'this protocol takes values above 0 only');
  }
  if (request.seed !== undefined && request.seed < 0) {
    drop('seed', 'this protocol takes values of 0 and up only');
  }
  if ((request.choices ?? 1) > 1) {
    if (to.stream) drop('choices', 'several answers cannot be streamed here');
    else drop('seed', 'several answers need different seeds here');
  }
  return taken;
}

/**
 * How the next token is drawn. The server refuses a temperature of 0, a `top_p` of 1 and a `top_k` below 1: what they mean is said by
 * `do_sample: false` and by leaving the others out. A temperature of 1 alone would not sample at all.
 */
function sampling({ temperature, topP, topK, seed, choices }: CompleteRequest): JsonBody {
  const said: JsonBody = {};
  if (seed !== undefined) said['seed'] = seed;
  if ((choices ?? 1) > 1) {
    said['best_of'] = choices;
    said['do_sample'] = true;
  } else if (temperature === 0) {
    said['do_sample'] = false;
    return said;
  }
  if (temperature !== undefined && temperature > 0) {
    said['temperature'] = temperature;
    said['do_sample'] = true;
  }
  if (topP !== undefined && topP < 1) said['top_p'] = topP;
  if (topK !== undefined && topK > 0) said['top_k'] = topK;
  return said;
}
