import type { ChatRequest, Message, ToolResultPart } from '@inferway/core';

/** What the simulated model reads in a conversation. */
export interface PromptText {
  /** The text of the last user message. */
  readonly question: string;
  /** The text of all messages, joined by line feeds. */
  readonly whole: string;
  /** Results of tools that came after the last thing the user said, in order. */
  readonly results: readonly ToolResultPart[];
}

/** Reads a chat request as text. */
export function promptText(request: ChatRequest): PromptText {
  let question = '';
  let results: ToolResultPart[] = [];
  const lines: string[] = [];
  for (const message of request.messages) {
    const text = messageText(message);
    if (text !== '') lines.push(text);
    if (message.role === 'user' && text !== '') {
      question = text;
      results = [];
    } else if (message.role === 'tool') {
      results = [...results, ...message.content];
    }
  }
  return { question, whole: lines.join('\n'), results };
}

/** All text of a message, tool results included. */
function messageText(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  const texts: string[] = [];
  for (const part of message.content) {
    if (part.type === 'text') texts.push(part.text);
    else if (part.type === 'tool-result') texts.push(resultText(part));
  }
  return texts.join('\n');
}

/** The text of a tool's result. */
export function resultText(part: ToolResultPart): string {
  if (typeof part.content === 'string') return part.content;
  return part.content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('\n');
}
