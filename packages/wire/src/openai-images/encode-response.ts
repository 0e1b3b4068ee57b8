import { fileBase64, type FileData, type GeneratedImage, type JsonObject } from '@inferway/core';
import type { Decoded, EncodeAs, StreamAs } from '../format.js';
import { defined } from '../json-body.js';
import { writeImageUsage } from '../openai/media-usage.js';

/** Canonical result to the body of an images call: base64 where the bytes are here, else URLs. */
export function encodeResponse(
  { result, usage }: Decoded<'image'>,
  as: EncodeAs & StreamAs,
): JsonObject {
  const [first] = result.images;
  return defined({
    created: result.created ?? as.created,
    model: result.model,
    ...as.echo,
    output_format: first === undefined ? undefined : formatOf(first.image),
    data: result.images.map((image) => writeImage(image)),
    usage: writeImageUsage(usage),
  });
}

/** An image as the members that tell it. */
export function writeImage({ image, revisedPrompt, seed }: GeneratedImage): JsonObject {
  return defined({ ...writeFile(image), revised_prompt: revisedPrompt, seed });
}

export function writeFile(image: FileData): JsonObject {
  return image.type === 'url' ? { url: image.url } : { b64_json: fileBase64(image) };
}

/** The word of `output_format` for an image. */
export function formatOf(image: FileData): string | undefined {
  const mediaType = 'mediaType' in image ? image.mediaType : undefined;
  if (mediaType?.startsWith('image/') !== true) return undefined;
  return mediaType === 'image/svg+xml' ? 'svg' : mediaType.slice(6);
}
