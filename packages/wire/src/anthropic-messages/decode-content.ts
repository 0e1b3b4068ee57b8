import type {
  CacheMarker,
  FilePart,
  ImagePart,
  Media,
  ProviderPart,
  TextPart,
  ToolResultPart,
} from '@inferway/core';
import type { Fields } from '../checks.js';
import { citationsOf } from './citations.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { keepRest } from './own-fields.js';

const TEXT: ReadonlySet<string> = new Set(['type', 'text', 'citations', 'cache_control']);
const IMAGE: ReadonlySet<string> = new Set(['type', 'source', 'cache_control']);
const DOCUMENT: ReadonlySet<string> = new Set(['type', 'source', 'title', 'cache_control']);
const TOOL_RESULT: ReadonlySet<string> = new Set([
  'type',
  'tool_use_id',
  'content',
  'is_error',
  'cache_control',
]);

export function decodeCache(fields: Fields): { readonly cache?: CacheMarker } {
  const control = fields.fields('cache_control');
  if (control === undefined) return {};
  control.requiredOneOf('type', ['ephemeral']);
  const ttl = control.oneOf('ttl', ['5m', '1h']);
  return { cache: ttl === undefined ? {} : { ttl } };
}

export function decodeText(block: Fields): TextPart {
  const citations = citationsOf(block.list('citations'));
  return {
    type: 'text',
    text: block.requiredString('text'),
    ...(citations === undefined ? {} : { citations }),
    ...decodeCache(block),
    ...keepRest(block.object, TEXT),
  };
}

/** Blocks that a user's message and a tool's result may both hold. */
export function decodeContentBlock(block: Fields): TextPart | ImagePart | FilePart | ProviderPart {
  const type = block.requiredString('type');
  switch (type) {
    case 'text':
      return decodeText(block);
    case 'image':
      return {
        type: 'image',
        image: decodeMedia(block.requiredFields('source')) ?? wrongSource(block),
        ...decodeCache(block),
        ...keepRest(block.object, IMAGE),
      };
    case 'document':
      return decodeDocument(block) ?? providerPart(block, type);
    default:
      return providerPart(block, type);
  }
}

/** A block without a portable meaning, kept whole. */
export function providerPart(block: Fields, kind: string): ProviderPart {
  return { type: 'provider', format: ANTHROPIC_MESSAGES, kind, value: block.object };
}

export function decodeToolResult(block: Fields): ToolResultPart {
  const id = block.requiredString('tool_use_id');
  if (id === '') block.refuse('tool_use_id', 'is empty; give the id of the tool call answered.');
  const isError = block.boolean('is_error');
  return {
    type: 'tool-result',
    id,
    content:
      typeof block.value('content') === 'string'
        ? block.requiredString('content')
        : (block.fieldsList('content')?.map(decodeContentBlock) ?? ''),
    ...(isError === undefined ? {} : { isError }),
    ...decodeCache(block),
    ...keepRest(block.object, TOOL_RESULT),
  };
}

// A document made of blocks has no portable form.
function decodeDocument(block: Fields): FilePart | undefined {
  const source = block.requiredFields('source');
  const file =
    source.string('type') === 'text'
      ? ({ type: 'text', text: source.requiredString('data') } as const)
      : decodeMedia(source);
  if (file === undefined) return undefined;
  const name = block.string('title');
  return {
    type: 'file',
    file,
    ...(name === undefined ? {} : { name }),
    ...decodeCache(block),
    ...keepRest(block.object, DOCUMENT),
  };
}

function decodeMedia(source: Fields): Media | undefined {
  switch (source.requiredString('type')) {
    case 'base64':
      return {
        type: 'base64',
        data: source.requiredString('data'),
        mediaType: source.requiredString('media_type'),
      };
    case 'url':
      return { type: 'url', url: source.requiredString('url') };
    case 'file':
      return { type: 'file-id', id: source.requiredString('file_id') };
    default:
      return undefined;
  }
}

function wrongSource(block: Fields): never {
  return block.requiredFields('source').refuse('type', 'must be one of "base64", "url", "file".');
}
