import type { JsonObject, JsonValue } from '@inferway/core';
import type { Decoded, EncodeAs, StreamAs } from '../format.js';
import { defined, type JsonBody } from '../json-body.js';
import { readVector, writeVector } from './vector.js';

/** Canonical result to the body of an embedding call, in the encoding that the caller asked for. */
export function encodeResponse(
  { result, usage }: Decoded<'embed'>,
  as: EncodeAs & StreamAs,
): JsonObject {
  const body: JsonBody = {
    object: 'list',
    data: result.embeddings.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: inEncoding(vector, as.encoding),
    })),
    model: result.model ?? as.model,
  };
  if (usage !== undefined) {
    const { inputTokens } = usage;
    body['usage'] = defined({ prompt_tokens: inputTokens, total_tokens: inputTokens });
  }
  return body;
}

function inEncoding(vector: readonly number[] | string, encoding: StreamAs['encoding']): JsonValue {
  if (encoding === 'base64') return typeof vector === 'string' ? vector : writeVector(vector);
  if (encoding === 'float' && typeof vector === 'string') return readVector(vector) ?? vector;
  return vector;
}
