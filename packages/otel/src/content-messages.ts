import type {
  AssistantPart,
  ChatChoice,
  Media,
  Message,
  UserPart,
  ToolResultPart,
} from '@inferway/core';

/** A message in the form of the conventions' JSON schemas. */
export interface ContentMessage {
  readonly role: string;
  readonly parts: readonly ContentPart[];
  readonly finish_reason?: string | undefined;
}

/** `{ type: 'text', content }`, `{ type: 'tool_call', id, name, arguments }` and so on. */
export interface ContentPart {
  readonly type: string;
  readonly [member: string]: unknown;
}

type AnyPart = AssistantPart | UserPart | ToolResultPart;

/** Messages as they were sent. System messages stay among them: in the canonical form they are part of the conversation. */
export function inputMessages(messages: readonly Message[]): ContentMessage[] {
  return messages.map(({ role, content }) => ({ role, parts: partsOf(content) }));
}

/** Answers as they came. */
export function outputMessages(
  choices: readonly (ChatChoice & { readonly reason: string })[],
): ContentMessage[] {
  return choices.map(({ message, reason }) => ({
    role: message.role,
    parts: partsOf(message.content),
    finish_reason: reason,
  }));
}

function partsOf(content: string | readonly AnyPart[]): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', content }];
  return content.map((part) => contentPart(part));
}

function contentPart(part: AnyPart): ContentPart {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { type: 'text', content: part.text };
    case 'reasoning':
      return { type: 'reasoning', content: part.text };
    case 'tool-call':
      return { type: 'tool_call', id: part.id, name: part.name, arguments: parsed(part.arguments) };
    case 'tool-result':
      return { type: 'tool_call_response', id: part.id, response: responseOf(part) };
    case 'image':
      return mediaPart('image', part.image);
    case 'audio':
      return mediaPart('audio', part.audio);
    case 'file':
      return part.file.type === 'text'
        ? { type: 'text', content: part.file.text }
        : mediaPart('file', part.file);
    case 'provider':
      return { type: part.kind };
    default:
      return { type: (part as { type: string }).type };
  }
}

function responseOf({ content }: ToolResultPart): unknown {
  return typeof content === 'string' ? content : partsOf(content as readonly AnyPart[]);
}

// Bytes are left out: one picture is larger than most back ends take for a whole span.
function mediaPart(modality: string, media: Media): ContentPart {
  switch (media.type) {
    case 'url':
      return { type: 'uri', modality, mime_type: media.mediaType, uri: media.url };
    case 'file-id':
      return { type: 'file', modality, file_id: media.id };
    case 'base64':
      return { type: 'blob', modality, mime_type: media.mediaType, content: '' };
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
