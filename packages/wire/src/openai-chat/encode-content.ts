import { InferwayError, type JsonObject, type JsonValue, type UserPart } from '@inferway/core';
import { toBase64 } from '../base64.js';
import { dataUrl } from '../data-url.js';
import type { EncodeTarget } from '../format.js';
import { defined } from '../json-body.js';
import { audioFormat } from './audio-format.js';
import { writeCache } from '../openai/cache-marker.js';
import { encodeParts } from '../openai/encode-parts.js';
import { OPENAI_CHAT, type OpenAIChatDialect } from './dialect.js';
import { unsupported } from '../dropped.js';

/** The content of a message: a string where it is one plain text, since that is what every server takes. */
export function encodeContent(
  content: string | readonly UserPart[],
  path: string,
  to: EncodeTarget<OpenAIChatDialect>,
): string | JsonObject[] {
  if (typeof content === 'string') return content;
  const parts = encodeParts(content, path, (part, at) => encodePart(part, at, to));
  // An empty list is refused where an empty text is not.
  if (parts.length === 0) return '';
  return plainText(parts, to.dialect?.joinText === true) ?? parts;
}

/** The one text that the parts are; undefined where they are more than that. */
export function plainText(parts: readonly JsonObject[], join: boolean): string | undefined {
  if (parts.length !== 1 && !join) return undefined;
  let text = '';
  for (const part of parts) {
    if (part['type'] !== 'text' || Object.keys(part).length !== 2) return undefined;
    text += String(part['text']);
  }
  return text;
}

/** One part of a user message. Undefined, with a warning, for what only another format knows. */
export function encodePart(
  part: UserPart,
  path: string,
  to: EncodeTarget<OpenAIChatDialect>,
): JsonObject | undefined {
  const cache = writeCache(part.cache, to.dialect?.cacheMarkers);
  switch (part.type) {
    case 'text': {
      return { type: 'text', text: part.text, ...cache };
    }
    case 'image': {
      const { image } = part;
      if (image.type === 'file-id') return cannotSay(path, 'an image by its file id');
      const url = image.type === 'url' ? image.url : dataUrl(image.mediaType, image.data);
      const detail = ownDetail(part.opaque?.format, part.opaque?.value) ?? part.detail;
      return { type: 'image_url', image_url: defined({ url, detail }), ...cache };
    }
    case 'audio': {
      const { audio } = part;
      if (audio.type !== 'base64') return cannotSay(path, 'audio by its URL or file id');
      const sound = { data: audio.data, format: audioFormat(audio.mediaType) };
      return { type: 'input_audio', input_audio: sound, ...cache };
    }
    case 'file': {
      const { file, name } = part;
      const source =
        file.type === 'file-id'
          ? { file_id: file.id }
          : {
              file_data:
                file.type === 'url'
                  ? file.url
                  : file.type === 'text'
                    ? dataUrl('text/plain', toBase64(new TextEncoder().encode(file.text)))
                    : dataUrl(file.mediaType, file.data),
            };
      return { type: 'file', file: defined({ filename: name, ...source }), ...cache };
    }
    case 'provider': {
      if (part.format === OPENAI_CHAT) return part.value;
      to.warn(unsupported(path, `it is a part of ${part.format}`));
      return undefined;
    }
  }
}

/** A detail beyond the portable three (`original`). */
function ownDetail(format: string | undefined, value: JsonValue | undefined): string | undefined {
  return format === OPENAI_CHAT && typeof value === 'string' ? value : undefined;
}

function cannotSay(path: string, what: string): never {
  throw new InferwayError('invalid_request', {
    message: `"${path}" is ${what}, which chat completions cannot take. Give its bytes as base64${what.startsWith('an image') ? ' or a URL' : ''}.`,
    param: path,
    // Another provider's protocol may well take it.
    fallbackable: true,
  });
}
