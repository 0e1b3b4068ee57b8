import { InferwayError, type JsonObject, type UserPart } from '@inferway/core';
import { toBase64 } from '../base64.js';
import { dataUrl } from '../data-url.js';
import { unsupported } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { defined } from '../json-body.js';
import { asText } from '../lenient.js';
import { writeCache } from '../openai/cache-marker.js';
import { encodeParts } from '../openai/encode-parts.js';
import { OPENAI_RESPONSES, ownValue, type OpenAIResponsesDialect } from './dialect.js';

/** The content of a message or of a tool's output: a string where it is one plain text. */
export function encodeContent(
  content: string | readonly UserPart[],
  path: string,
  to: EncodeTarget<OpenAIResponsesDialect>,
): string | JsonObject[] {
  if (typeof content === 'string') return content;
  const parts = encodeParts(content, path, (part, at) => encodePart(part, at, to));
  const [only] = parts;
  if (only === undefined) return '';
  const plain =
    parts.length === 1 && only['type'] === 'input_text' && Object.keys(only).length === 2;
  return plain ? String(only['text']) : parts;
}

function encodePart(
  part: UserPart,
  path: string,
  to: EncodeTarget<OpenAIResponsesDialect>,
): JsonObject | undefined {
  const cache = writeCache(part.cache, to.dialect?.cacheMarkers);
  switch (part.type) {
    case 'text': {
      return { type: 'input_text', text: part.text, ...cache };
    }
    case 'image': {
      const { image } = part;
      // Some servers want a detail, and this is what it is where none is said.
      const detail = asText(ownValue(part.opaque)?.['detail']) ?? part.detail ?? 'auto';
      const source =
        image.type === 'file-id'
          ? { file_id: image.id }
          : {
              image_url: image.type === 'url' ? image.url : dataUrl(image.mediaType, image.data),
            };
      return { type: 'input_image', detail, ...source, ...cache };
    }
    case 'audio': {
      throw new InferwayError('invalid_request', {
        message: `"${path}" is audio, which the Responses API does not take. Use a model and an API that hear, or send its words.`,
        param: path,
        fallbackable: true,
      });
    }
    case 'file': {
      return { type: 'input_file', ...encodeFile(part), ...cache };
    }
    case 'provider': {
      if (part.format === OPENAI_RESPONSES) return part.value;
      to.warn(unsupported(path, `it is a part of ${part.format}`));
      return undefined;
    }
  }
}

function encodeFile({ file, name }: Extract<UserPart, { type: 'file' }>): JsonObject {
  switch (file.type) {
    case 'file-id':
      return { file_id: file.id };
    case 'url':
      return defined({ filename: name, file_url: file.url });
    case 'text': {
      const data = dataUrl('text/plain', toBase64(new TextEncoder().encode(file.text)));
      return { filename: name ?? 'file.txt', file_data: data };
    }
    default: {
      // Bytes are refused without a name.
      const filename = name ?? `file.${file.mediaType.slice(file.mediaType.indexOf('/') + 1)}`;
      return { filename, file_data: dataUrl(file.mediaType, file.data) };
    }
  }
}
