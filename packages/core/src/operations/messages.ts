import type { AssistantPart, Opaque, TextPart, ToolResultPart, UserPart } from './parts.js';

/** Instructions that stand above the conversation. `developer` is OpenAI's newer word for it, kept where it was used. */
export interface SystemMessage {
  readonly role: 'system' | 'developer';
  readonly content: string | readonly TextPart[];
  readonly name?: string | undefined;
  readonly opaque?: Opaque | undefined;
}

export interface UserMessage {
  readonly role: 'user';
  readonly content: string | readonly UserPart[];
  readonly name?: string | undefined;
  readonly opaque?: Opaque | undefined;
}

/** What the model said, in order. A result's `message` is one, and can be sent back as it is. */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string | readonly AssistantPart[];
  readonly name?: string | undefined;
  readonly opaque?: Opaque | undefined;
}

/** The answers of one or several tools. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly content: readonly ToolResultPart[];
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;
