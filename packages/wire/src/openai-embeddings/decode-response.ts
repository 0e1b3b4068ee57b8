import { InferwayError, isJsonObject, type EmbedResult, type JsonObject } from '@inferway/core';
import type { Decoded, DecodeSource } from '../format.js';
import { defined } from '../json-body.js';
import { asList, asNumber, asText } from '../lenient.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { readUsage } from '../openai/usage.js';
import type { OpenAIEmbeddingsDialect } from './dialect.js';
import { readVector, writeVector } from './vector.js';

/** Body of an embedding call to canonical result: vectors in the order of the input, as numbers unless base64 was asked for. */
export function decodeResponse(
  body: unknown,
  from: DecodeSource<OpenAIEmbeddingsDialect>,
): Decoded<'embed'> {
  const answer = successBody(body, 'data', from);
  const asBase64 = isJsonObject(from.request) && from.request['encoding'] === 'base64';
  const embeddings = asList(answer['data'])
    .filter(isJsonObject)
    .map((entry, order) => ({ order: asNumber(entry['index']) ?? order, entry }))
    .sort((a, b) => a.order - b.order)
    .map(({ entry }) => decodeVector(entry, asBase64));
  if (embeddings.length === 0) throw emptyResponse();
  const result: EmbedResult = defined({ embeddings, model: asText(answer['model']) });
  return defined({ result, usage: readUsage(answer['usage']) });
}

function decodeVector(entry: JsonObject, asBase64: boolean): readonly number[] | string {
  const { embedding } = entry;
  // Thousands of numbers by default: they are not looked at one by one.
  if (Array.isArray(embedding)) {
    const vector = embedding as readonly number[];
    return asBase64 ? writeVector(vector) : vector;
  }
  if (typeof embedding === 'string') {
    if (asBase64) return embedding;
    const vector = readVector(embedding);
    if (vector !== undefined) return vector;
  }
  throw new InferwayError('protocol', {
    message: 'An embedding of the answer is neither a list of numbers nor base64.',
  });
}
