import type { FilePart, ImagePart, TextPart, UserPart } from '@inferway/core';
import type { Fields } from '../checks.js';
import { mediaOfUrl, parseDataUrl } from '../data-url.js';
import { defined } from '../json-body.js';
import { audioMediaType } from './audio-format.js';
import { OPENAI_CHAT } from './dialect.js';
import { readCache } from '../openai/read-cache.js';

const TYPES = [
  'text',
  'image_url',
  'input_audio',
  'file',
  // What some servers of this protocol take beside OpenAI's four: videos (vLLM, OpenRouter), audio and documents by URL (vLLM, Mistral).
  'video_url',
  'audio_url',
  'document_url',
] as const;

/** A user message's content. */
export function decodeContent(message: Fields): string | UserPart[] {
  const content = message.value('content');
  if (typeof content === 'string') return content;
  return contentParts(message).map((part) => decodePart(part));
}

/** Content that may hold text alone: of system and tool messages. */
export function decodeTexts(message: Fields): string | TextPart[] {
  const content = message.value('content');
  if (typeof content === 'string') return content;
  return contentParts(message).map((part) => {
    part.requiredOneOf('type', ['text']);
    return decodeText(part);
  });
}

function contentParts(message: Fields): Fields[] {
  const value = message.value('content');
  if (value === undefined || !Array.isArray(value)) {
    return message.refuse('content', 'must be a string or a list of parts.');
  }
  return message.requiredFieldsList('content');
}

export function decodeText(part: Fields): TextPart {
  return defined({
    type: 'text' as const,
    text: part.requiredString('text'),
    cache: readCache(part),
  });
}

function decodePart(part: Fields): UserPart {
  const type = part.requiredOneOf('type', TYPES);
  switch (type) {
    case 'text': {
      return decodeText(part);
    }
    case 'image_url': {
      return decodeImage(part);
    }
    case 'input_audio': {
      const sound = part.requiredFields('input_audio');
      const data = sound.requiredString('data');
      const mediaType = audioMediaType(sound.requiredString('format'));
      return defined({
        type: 'audio' as const,
        audio: { type: 'base64' as const, data, mediaType },
        cache: readCache(part),
      });
    }
    case 'file': {
      return decodeFile(part);
    }
    default: {
      return { type: 'provider', format: OPENAI_CHAT, kind: type, value: part.object };
    }
  }
}

export function decodeImage(part: Fields): ImagePart {
  const cache = readCache(part);
  if (typeof part.value('image_url') === 'string') {
    const url = part.requiredString('image_url');
    return defined({ type: 'image' as const, image: mediaOfUrl(url), cache });
  }
  const source = part.requiredFields('image_url');
  const url = source.requiredString('url');
  if (url === '') source.refuse('url', 'must be a URL or a data: URL.');
  const detail = source.oneOf('detail', ['auto', 'low', 'high', 'original']);
  return defined({
    type: 'image' as const,
    image: mediaOfUrl(url),
    detail: detail === 'original' ? 'high' : detail,
    cache,
    opaque: detail === 'original' ? { format: OPENAI_CHAT, value: detail } : undefined,
  });
}

function decodeFile(part: Fields): FilePart {
  const source = part.requiredFields('file');
  const id = source.string('file_id');
  const name = source.string('filename');
  const cache = readCache(part);
  const file = id === undefined ? fileData(source) : { type: 'file-id' as const, id };
  return defined({ type: 'file' as const, file, name, cache });
}

function fileData(source: Fields): FilePart['file'] {
  const text =
    source.string('file_data') ?? source.refuse('file_data', 'or "file_id" must be given.');
  const data = parseDataUrl(text);
  if (data !== undefined) return { type: 'base64', ...data };
  if (/^https?:/iu.test(text)) return { type: 'url', url: text };
  // Bare base64, as OpenAI's reference has it: chat takes PDF alone.
  return { type: 'base64', data: text, mediaType: 'application/pdf' };
}
