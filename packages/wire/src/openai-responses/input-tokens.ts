import {
  countTokensTraits,
  type ChatRequest,
  type CountTokensResult,
  type JsonObject,
} from '@inferway/core';
import { countedRequest } from '../counted-request.js';
import type { Decoded, DecodeSource, EncodeTarget, Format } from '../format.js';
import { defined } from '../json-body.js';
import { asCount } from '../lenient.js';
import { writeError } from '../openai/error-body.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { decodeRequest } from './decode-request.js';
import type { OpenAIResponsesDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';

/** What of a response's creation decides how long its input is; all else is refused. */
const COUNTED = [
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'truncation',
  'previous_response_id',
  'conversation',
] as const;

/** The count of a response's input tokens (`POST /v1/responses/input_tokens`). */
export const openaiInputTokens: Format<'countTokens', OpenAIResponsesDialect> = {
  name: 'openai-input-tokens',
  operation: 'countTokens',
  traits: countTokensTraits,
  encodeRequest: encodeCount,
  decodeResponse: decodeCount,
  decodeRequest(body) {
    const { model, request } = decodeRequest(body);
    return { model, stream: false, request, as: {} };
  },
  encodeResponse: ({ result }) => ({
    object: 'response.input_tokens',
    input_tokens: result.inputTokens,
  }),
  encodeError: writeError,
};

function encodeCount(request: ChatRequest, to: EncodeTarget<OpenAIResponsesDialect>): JsonObject {
  const body = encodeRequest(countedRequest(request), to);
  return defined(Object.fromEntries(COUNTED.map((name) => [name, body[name]])));
}

function decodeCount(
  body: unknown,
  from: DecodeSource<OpenAIResponsesDialect>,
): Decoded<'countTokens'> {
  const inputTokens = asCount(successBody(body, 'input_tokens', from)['input_tokens']);
  if (inputTokens === undefined) throw emptyResponse();
  const result: CountTokensResult = { inputTokens };
  return { result };
}
