import type { Message } from './messages.js';
import type { ToolCallPart } from './parts.js';

/** All text of a message, without reasoning, refusals and media. */
export function messageText(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  let text = '';
  for (const part of message.content) if (part.type === 'text') text += part.text;
  return text;
}

/** The tool calls of a message, in order. */
export function messageToolCalls(message: Message): readonly ToolCallPart[] {
  if (typeof message.content === 'string') return [];
  const calls: ToolCallPart[] = [];
  for (const part of message.content) if (part.type === 'tool-call') calls.push(part);
  return calls;
}
