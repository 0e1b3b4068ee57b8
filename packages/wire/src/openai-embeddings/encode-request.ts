import type { EmbedRequest, JsonObject } from '@inferway/core';
import { unsupported, warnForeignFields } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { OPENAI_EMBEDDINGS, type EmbedSetting, type OpenAIEmbeddingsDialect } from './dialect.js';

const PLAIN = [
  ['dimensions', 'dimensions'],
  ['encoding', 'encoding_format'],
  ['user', 'user'],
] as const satisfies readonly (readonly [EmbedSetting, string])[];

/** Canonical request to the body of an embedding call. */
export function encodeRequest(
  request: EmbedRequest,
  to: EncodeTarget<OpenAIEmbeddingsDialect>,
): JsonObject {
  const body: JsonBody = { model: to.model, input: request.input };
  for (const [setting, field] of PLAIN) {
    if (request[setting] === undefined) continue;
    if (to.dialect?.unsupported?.includes(setting) !== true) body[field] = request[setting];
    else if (setting !== 'encoding') {
      to.warn(unsupported(setting, `${to.provider} does not take it`));
    } else if (request.encoding === 'base64') {
      to.warn({
        type: 'changed',
        setting,
        message: `${to.provider} gives vectors as numbers, which were written as base64 here.`,
      });
    }
  }
  if (request.passthrough?.format === OPENAI_EMBEDDINGS) {
    addFields(body, request.passthrough.fields);
  } else warnForeignFields(request.passthrough, to);
  addFields(body, request.providerOptions?.[to.provider]);
  return body;
}
