import {
  sniffMediaType,
  type FileData,
  type GeneratedImage,
  type JsonObject,
} from '@inferway/core';
import { fromBase64 } from '../base64.js';
import { mediaOfUrl } from '../data-url.js';
import { defined } from '../json-body.js';
import { asNumber, asText } from '../lenient.js';

/** What an image is, where nothing says it. */
const USUAL = 'image/png';

/** An image of an answer or event: base64, a `data:` URL or another URL. Undefined where there is none. */
export function readImage(
  entry: JsonObject,
  mediaType: string | undefined,
): GeneratedImage | undefined {
  const image = readFile(entry, mediaType);
  if (image === undefined) return undefined;
  return defined({
    image,
    revisedPrompt: asText(entry['revised_prompt']),
    seed: asNumber(entry['seed']),
  });
}

function readFile(entry: JsonObject, mediaType: string | undefined): FileData | undefined {
  const base64 = asText(entry['b64_json']) ?? asText(entry['image']);
  const url = asText(entry['url']);
  // Some put a `data:` URL into either field.
  const dataUrl = [base64, url].find((text) => text?.startsWith('data:'));
  if (dataUrl !== undefined) return mediaOfUrl(dataUrl);
  if (base64 !== undefined) {
    return { type: 'base64', data: base64, mediaType: mediaType ?? sniffBase64(base64) ?? USUAL };
  }
  return url === undefined ? undefined : { type: 'url', url };
}

function sniffBase64(text: string): string | undefined {
  const start = fromBase64(text.slice(0, 64));
  return start === undefined ? undefined : sniffMediaType(start);
}

/** The media type of the word in `output_format`. */
export function formatMediaType(format: unknown): string | undefined {
  const word = asText(format);
  if (word === undefined) return undefined;
  if (word === 'svg') return 'image/svg+xml';
  return `image/${word === 'jpg' ? 'jpeg' : word}`;
}
