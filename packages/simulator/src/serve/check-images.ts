import {
  fileBytes,
  InferwayError,
  sniffMediaType,
  type ChatRequest,
  type Media,
} from '@inferway/core';

const READABLE = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
// The first bytes tell the kind; a whole number of base64 groups.
const HEAD = 64;

/** Refuses pictures whose bytes are none, as providers do. @throws {InferwayError} `invalid_request` naming the part. */
export function checkImages({ messages }: ChatRequest): void {
  for (const [number, { role, content }] of messages.entries()) {
    if (role !== 'user' || typeof content === 'string') continue;
    for (const [index, part] of content.entries()) {
      if (part.type !== 'image' || isReadable(part.image)) continue;
      throw new InferwayError('invalid_request', {
        message:
          'The image data you provided does not represent a valid image. Please check your input and try again with one of: png, jpeg, gif, webp.',
        param: `messages[${number}].content[${index}]`,
      });
    }
  }
}

function isReadable(image: Media): boolean {
  if (image.type !== 'base64') return true;
  try {
    const head = fileBytes({ ...image, data: image.data.slice(0, HEAD) });
    return READABLE.has(sniffMediaType(head) ?? '');
  } catch {
    return false;
  }
}
