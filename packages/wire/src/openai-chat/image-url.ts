import type { ImagePart, JsonObject } from '@inferway/core';
import { mediaOfUrl } from '../data-url.js';
import { asObject, asText } from '../lenient.js';

/** An image of an answer: `{ image_url: { url } }` (OpenRouter), or the URL itself. */
export function imageOf(part: JsonObject): ImagePart | undefined {
  const url = asText(asObject(part['image_url'])?.['url']) ?? asText(part['image_url']);
  return url === undefined ? undefined : { type: 'image', image: mediaOfUrl(url) };
}
