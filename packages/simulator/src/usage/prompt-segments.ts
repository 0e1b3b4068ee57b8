import type {
  AssistantPart,
  CacheMarker,
  ChatRequest,
  FilePart,
  ToolResultPart,
  UserPart,
} from '@inferway/core';
import { countTokens } from '../text/tokenizer.js';

/** A stretch of the prompt in the order in which a model reads it. */
export interface PromptSegment {
  /** What tells two prompts apart. */
  readonly text: string;
  readonly tokens: number;
  /** Asks to cache the prompt up to the end of this segment. */
  readonly cache?: CacheMarker | undefined;
}

/** Tokens of an image, whatever its size; of a file or a sound that is not text. */
export const IMAGE_TOKENS = 256;
export const FILE_TOKENS = 512;
const MESSAGE_OVERHEAD = 3;
const TOOL_OVERHEAD = 8;

type AnyPart = UserPart | AssistantPart | ToolResultPart;

/** A chat request as the model reads it: tools, then messages, part by part. */
export function promptSegments(request: ChatRequest): readonly PromptSegment[] {
  const segments: PromptSegment[] = [];
  for (const tool of request.tools ?? []) {
    const text = JSON.stringify(
      tool.type === 'provider' ? tool.value : [tool.name, tool.description, tool.parameters],
    );
    const cache = tool.type === 'provider' ? undefined : tool.cache;
    segments.push({ text, tokens: countTokens(text) + TOOL_OVERHEAD, cache });
  }
  if (request.output?.type === 'json-schema') {
    const text = JSON.stringify(request.output.schema);
    segments.push({ text, tokens: countTokens(text) });
  }
  for (const message of request.messages) {
    segments.push({ text: `\n${message.role}:`, tokens: MESSAGE_OVERHEAD });
    if (typeof message.content === 'string') {
      segments.push({ text: message.content, tokens: countTokens(message.content) });
    } else {
      for (const part of message.content) segments.push(partSegment(part));
    }
  }
  return segments;
}

function partSegment(part: AnyPart): PromptSegment {
  const { cache } = part;
  const plain = (text: string): PromptSegment => ({ text, tokens: countTokens(text), cache });
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return plain(part.text);
    case 'tool-call':
      return plain(`${part.name}${part.arguments}`);
    case 'tool-result':
      return resultSegment(part);
    case 'image':
      return { text: JSON.stringify(part.image), tokens: IMAGE_TOKENS, cache };
    case 'audio':
      return { text: JSON.stringify(part.audio), tokens: FILE_TOKENS, cache };
    case 'file':
      return { ...fileSegment(part), cache };
    case 'provider':
      return plain(JSON.stringify(part.value));
  }
}

function fileSegment(part: FilePart): PromptSegment {
  return part.file.type === 'text'
    ? { text: part.file.text, tokens: countTokens(part.file.text) }
    : { text: JSON.stringify(part.file), tokens: FILE_TOKENS };
}

function resultSegment(part: ToolResultPart): PromptSegment {
  if (typeof part.content === 'string') {
    return { text: part.content, tokens: countTokens(part.content), cache: part.cache };
  }
  const inner = part.content.map(partSegment);
  return {
    text: inner.map((segment) => segment.text).join('\n'),
    tokens: inner.reduce((sum, segment) => sum + segment.tokens, 0),
    cache: part.cache,
  };
}
