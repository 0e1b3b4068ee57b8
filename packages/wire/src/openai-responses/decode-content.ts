import type { FilePart, ImagePart, TextPart, UserPart } from '@inferway/core';
import type { Fields } from '../checks.js';
import { mediaOfUrl, parseDataUrl } from '../data-url.js';
import { defined } from '../json-body.js';
import { readCache } from '../openai/read-cache.js';
import { keep, OPENAI_RESPONSES } from './dialect.js';

const TYPES = ['input_text', 'input_image', 'input_file', 'input_audio'] as const;
/** What an answer's text is called; taken from callers that send one back as a tool's output or as a user's words. */
const TEXTS: readonly string[] = ['output_text', 'text'];

/** Content of a user's or system's message, or of a tool's output: a string or a list. */
export function decodeContent(fields: Fields, name: 'content' | 'output'): string | UserPart[] {
  const content = fields.value(name);
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return fields.refuse(name, 'must be a string or a list of parts.');
  return fields.requiredFieldsList(name).map((part) => decodePart(part));
}

/** Content that may hold text alone. */
export function decodeTexts(fields: Fields): string | TextPart[] {
  const content = decodeContent(fields, 'content');
  if (typeof content === 'string') return content;
  const texts = content.filter((part) => part.type === 'text');
  if (texts.length < content.length) fields.refuse('content', 'may hold text alone in this role.');
  return texts;
}

function decodePart(part: Fields): UserPart {
  const given = part.string('type') ?? '';
  const type = TEXTS.includes(given) ? 'input_text' : part.requiredOneOf('type', TYPES);
  switch (type) {
    case 'input_text':
      return defined({
        type: 'text' as const,
        text: part.requiredString('text'),
        cache: readCache(part),
      });
    case 'input_image':
      return decodeImage(part);
    case 'input_file':
      return decodeFile(part);
    default:
      return { type: 'provider', format: OPENAI_RESPONSES, kind: type, value: part.object };
  }
}

function decodeImage(part: Fields): ImagePart {
  const url = part.string('image_url');
  const id = part.string('file_id');
  if (url === '' || (url === undefined && id === undefined)) {
    part.refuse('image_url', 'or "file_id" must be given.');
  }
  const detail = part.oneOf('detail', ['auto', 'low', 'high', 'original']);
  const original = detail === 'original';
  return defined({
    type: 'image' as const,
    image: url === undefined ? { type: 'file-id' as const, id: id ?? '' } : mediaOfUrl(url),
    detail: original ? 'high' : detail,
    cache: readCache(part),
    ...keep(original ? { detail } : undefined),
  });
}

function decodeFile(part: Fields): FilePart {
  return defined({
    type: 'file' as const,
    file: fileOf(part),
    name: part.string('filename'),
    cache: readCache(part),
  });
}

function fileOf(part: Fields): FilePart['file'] {
  const id = part.string('file_id');
  if (id !== undefined) return { type: 'file-id', id };
  const url = part.string('file_url');
  if (url !== undefined) return { type: 'url', url };
  const text =
    part.string('file_data') ??
    part.refuse('file_data', ', "file_url" or "file_id" must be given.');
  const data = parseDataUrl(text);
  // Bare base64, as OpenAI's reference has it.
  return data === undefined
    ? { type: 'base64', data: text, mediaType: 'application/pdf' }
    : { type: 'base64', ...data };
}
