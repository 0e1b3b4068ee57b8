import type { ImageResult, JsonObject } from '@inferway/core';
import type { Decoded, DecodeSource } from '../format.js';
import { defined } from '../json-body.js';
import { asNumber, asObjects, asText } from '../lenient.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { readImageUsage } from '../openai/media-usage.js';
import type { OpenAIImagesDialect } from './dialect.js';
import { formatMediaType, readImage } from './read-image.js';

/** Body of an images call to canonical result: images in the order of their index. */
export function decodeResponse(
  body: unknown,
  from: DecodeSource<OpenAIImagesDialect>,
): Decoded<'image'> {
  const answer = successBody(body, 'data', from);
  const mediaType = formatMediaType(answer['output_format']) ?? from.dialect?.mediaType;
  const images = listOf(answer)
    .map((entry, order) => ({ order: asNumber(entry['index']) ?? order, entry }))
    .sort((a, b) => a.order - b.order)
    .flatMap(({ entry }) => readImage(entry, mediaType) ?? []);
  if (images.length === 0) throw emptyResponse();
  const result: ImageResult = defined({
    images,
    model: asText(answer['model']),
    created: asNumber(answer['created']),
  });
  return { result, usage: readImageUsage(answer['usage'], images.length) };
}

/** Some call their list by another name. */
function listOf(answer: JsonObject): readonly JsonObject[] {
  const data = asObjects(answer['data']);
  return data.length > 0 ? data : asObjects(answer['images']);
}
