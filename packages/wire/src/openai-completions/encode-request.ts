import type { CompleteRequest, JsonObject } from '@inferway/core';
import { unsupported, warnForeignFields } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { SAMPLING } from '../openai/sampling.js';
import {
  OPENAI_COMPLETIONS,
  type CompleteSetting,
  type OpenAICompletionsDialect,
} from './dialect.js';

const PLAIN = [
  ['suffix', 'suffix'],
  ...SAMPLING,
  ['logprobs', 'logprobs'],
  ['choices', 'n'],
  ['echo', 'echo'],
  ['user', 'user'],
] as const satisfies readonly (readonly [CompleteSetting, string])[];

/** Canonical request to the body of a completion. */
export function encodeRequest(
  request: CompleteRequest,
  to: EncodeTarget<OpenAICompletionsDialect>,
): JsonObject {
  const dialect = to.dialect ?? {};
  const body: JsonBody = { model: to.model, prompt: request.prompt };
  addFields(body, dialect.defaults);
  if (request.maxOutputTokens !== undefined) body['max_tokens'] = request.maxOutputTokens;
  for (const [setting, field] of PLAIN) {
    if (request[setting] === undefined) continue;
    if (dialect.unsupported?.includes(setting) === true) {
      to.warn(unsupported(setting, `${to.provider} does not take it`));
    } else body[field] = request[setting];
  }
  if (to.stream) {
    body['stream'] = true;
    if (dialect.streamUsage !== false) body['stream_options'] = { include_usage: true };
  }
  if (request.passthrough?.format === OPENAI_COMPLETIONS) {
    addFields(body, request.passthrough.fields);
  } else warnForeignFields(request.passthrough, to);
  addFields(body, request.providerOptions?.[to.provider]);
  return body;
}
