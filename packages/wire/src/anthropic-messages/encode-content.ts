import {
  InferwayError,
  type FilePart,
  type ImagePart,
  type JsonObject,
  type ProviderPart,
  type TextPart,
  type ToolResultPart,
  type UserPart,
} from '@inferway/core';
import { cacheControl } from './cache-control.js';
import { ownCitations } from './citations.js';
import type { JsonBody } from '../json-body.js';
import type { EncodeContext } from './encode-context.js';
import { documentSource, imageSource } from './media-source.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { addOwnFields } from './own-fields.js';
import { toolId } from './tool-input.js';

/** The blocks of a user's or a system message. Text without a visible character is left out: Anthropic refuses it. */
export function userBlocks(
  content: string | readonly UserPart[],
  context: EncodeContext,
): JsonObject[] {
  if (typeof content === 'string') return content.trim() === '' ? [] : [plainText(content)];
  const blocks: JsonObject[] = [];
  for (let i = 0; i < content.length; i++) {
    context.enterPart(i);
    const block = userBlock(content[i] as UserPart, context);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

export function plainText(text: string): JsonObject {
  return { type: 'text', text };
}

function userBlock(part: UserPart, context: EncodeContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return textBlock(part, context);
    case 'image':
      return imageBlock(part, context);
    case 'file':
      return fileBlock(part, context);
    case 'provider':
      return providerBlock(part, context);
    case 'audio':
      throw unsupported(context.path, 'audio');
  }
}

function textBlock(part: TextPart, context: EncodeContext): JsonObject | undefined {
  if (part.text.trim() === '') return undefined;
  const block: JsonBody = {
    type: 'text',
    text: part.text,
    cache_control: cacheControl(part.cache),
  };
  addOwnFields(block, part.opaque);
  const citations = ownCitations(part);
  if (citations === undefined) return block;
  if (context.version === '2023-06-01') block.citations = citations;
  else {
    context.warn(
      'unsupported',
      `${context.path}.citations`,
      `Version ${context.version} takes no citations on the text of users.`,
    );
  }
  return block;
}

function imageBlock(part: ImagePart, context: EncodeContext): JsonObject {
  if (part.detail !== undefined && part.detail !== 'auto') {
    context.warn(
      'unsupported',
      `${context.path}.detail`,
      'Anthropic Messages has no detail of images.',
    );
  }
  const block: JsonBody = {
    type: 'image',
    source: imageSource(part.image),
    cache_control: cacheControl(part.cache),
  };
  addOwnFields(block, part.opaque);
  return block;
}

function fileBlock(part: FilePart, context: EncodeContext): JsonObject {
  const { file } = part;
  const isImage = file.type === 'base64' && file.mediaType.startsWith('image/');
  const source = isImage ? imageSource(file) : documentSource(file);
  if (source === undefined) throw unsupported(context.path, 'files of this media type');
  const block: JsonBody = {
    type: isImage ? 'image' : 'document',
    source,
    title: isImage ? undefined : part.name,
    cache_control: cacheControl(part.cache),
  };
  addOwnFields(block, part.opaque);
  return block;
}

/** A block that only this format knows, as it was; nothing for another format's. */
export function providerBlock(part: ProviderPart, context: EncodeContext): JsonObject | undefined {
  if (part.format === ANTHROPIC_MESSAGES) return part.value;
  context.warn(
    'unsupported',
    context.path,
    `A part of the format ${part.format} was left out: no other format understands it.`,
  );
  return undefined;
}

export function toolResultBlock(part: ToolResultPart, context: EncodeContext): JsonObject {
  const block: JsonBody = {
    type: 'tool_result',
    tool_use_id: toolId(part.id),
    content: typeof part.content === 'string' ? part.content : resultBlocks(part.content, context),
    is_error: part.isError,
    cache_control: cacheControl(part.cache),
  };
  addOwnFields(block, part.opaque);
  block.toolset_name ??= context.toolsets.get(part.id);
  return block;
}

function resultBlocks(parts: readonly UserPart[], context: EncodeContext): JsonObject[] {
  const blocks: JsonObject[] = [];
  for (let i = 0; i < parts.length; i++) {
    context.enterInner(i);
    const block = userBlock(parts[i] as UserPart, context);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

// Left to the next target instead of being dropped: an answer that never saw the file would be a wrong answer.
function unsupported(param: string, what: string): InferwayError {
  return new InferwayError('invalid_request', {
    message: `"${param}" cannot be sent: Anthropic Messages takes text, images, PDFs and plain text, not ${what}.`,
    param,
    fallbackable: true,
  });
}
