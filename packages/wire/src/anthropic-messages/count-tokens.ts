import {
  countTokensTraits,
  InferwayError,
  isJsonObject,
  type ChatRequest,
  type JsonObject,
} from '@inferway/core';
import { checkBody } from '../checks.js';
import { countedRequest } from '../counted-request.js';
import type { Decoded, DecodedRequest, DecodeSource, EncodeTarget, Format } from '../format.js';
import type { JsonBody } from '../json-body.js';
import { asCount } from '../lenient.js';
import { decodePrompt, requiredModel } from './decode-request.js';
import type { AnthropicDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeError } from './error-body.js';

/** Fields of a request that say nothing of its prompt: counting refuses them. */
const NOT_COUNTED: ReadonlySet<string> = new Set([
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'metadata',
  'service_tier',
  'container',
  'inference_geo',
  'diagnostics',
  'fallbacks',
]);

/** `POST /v1/messages/count_tokens`: a chat request without what is only of its answer. */
export const anthropicCountTokens: Format<'countTokens', AnthropicDialect> = {
  name: 'anthropic-count-tokens',
  operation: 'countTokens',
  traits: countTokensTraits,
  encodeRequest: encodeCount,
  decodeResponse: decodeCount,
  decodeRequest: decodeCountRequest,
  encodeResponse: ({ result }) => ({ input_tokens: result.inputTokens }),
  encodeError,
};

function encodeCount(request: ChatRequest, to: EncodeTarget<AnthropicDialect>): JsonObject {
  const body: JsonBody = {};
  const whole = encodeRequest(countedRequest(request), to);
  for (const key of Object.keys(whole)) if (!NOT_COUNTED.has(key)) body[key] = whole[key];
  return body;
}

function decodeCount(body: unknown, from: DecodeSource<AnthropicDialect>): Decoded<'countTokens'> {
  if (isJsonObject(body) && (body.type === 'error' || isJsonObject(body.error)))
    throw from.fail(body);
  const inputTokens = isJsonObject(body) ? asCount(body.input_tokens) : undefined;
  if (inputTokens !== undefined) return { result: { inputTokens } };
  throw new InferwayError('protocol', {
    message: 'The answer is no count of tokens: it has no "input_tokens".',
  });
}

function decodeCountRequest(body: unknown): DecodedRequest<'countTokens'> {
  const fields = checkBody(body);
  return { model: requiredModel(fields), stream: false, request: decodePrompt(fields), as: {} };
}
