import type {
  Message,
  SystemMessage,
  ToolMessage,
  ToolResultPart,
  UserMessage,
  UserPart,
} from '@inferway/core';
import type { Fields } from '../checks.js';
import { restoreCallOpaques } from '../foreign-opaque.js';
import { redactedData } from './call-opaque.js';
import { decodeAssistantBlock } from './decode-assistant.js';
import { decodeContentBlock, decodeText, decodeToolResult } from './decode-content.js';
import { keepRest } from './own-fields.js';

const MESSAGE: ReadonlySet<string> = new Set(['role', 'content']);

/** The top-level system prompt. */
export function systemMessage(fields: Fields): SystemMessage | undefined {
  if (!fields.has('system')) return undefined;
  return { role: 'system', content: systemContent(fields, 'system') };
}

export function decodeMessages(fields: Fields): Message[] {
  const list = fields.requiredFieldsList('messages');
  if (list.length === 0) fields.refuse('messages', 'is empty; give at least one message.');
  const messages: Message[] = [];
  for (const message of list) decodeMessage(message, messages);
  return messages;
}

function decodeMessage(message: Fields, out: Message[]): void {
  const rest = keepRest(message.object, MESSAGE);
  switch (message.requiredOneOf('role', ['user', 'assistant', 'system'])) {
    case 'user':
      if (isText(message))
        out.push({ role: 'user', content: message.requiredString('content'), ...rest });
      else splitUser(message, rest, out);
      return;
    case 'assistant':
      out.push({
        role: 'assistant',
        content: isText(message)
          ? message.requiredString('content')
          : restoreCallOpaques(
              message.requiredFieldsList('content').map(decodeAssistantBlock),
              redactedData,
            ),
        ...rest,
      });
      return;
    case 'system':
      out.push({ role: 'system', content: systemContent(message, 'content'), ...rest });
  }
}

/** Results of tools are messages of their own in canonical form; the order of what a turn holds is kept. */
function splitUser(message: Fields, rest: Pick<UserMessage, 'opaque'>, out: Message[]): void {
  let results: ToolResultPart[] | undefined;
  let parts: UserPart[] | undefined;
  const blocks = message.requiredFieldsList('content');
  if (blocks.length === 0) message.refuse('content', 'is empty; give at least one block.');
  for (const block of blocks) {
    const type = block.string('type');
    if (type === 'tool_result') {
      if (results === undefined) out.push({ role: 'tool', content: (results = []) } as ToolMessage);
      results.push(decodeToolResult(block));
      parts = undefined;
      continue;
    }
    if (type === 'tool_use' || type === 'thinking' || type === 'redacted_thinking')
      block.refuse('type', `is "${type}", which only messages of the assistant may hold.`);
    if (parts === undefined) out.push({ role: 'user', content: (parts = []), ...rest });
    parts.push(decodeContentBlock(block));
    results = undefined;
  }
}

function systemContent(fields: Fields, name: string): SystemMessage['content'] {
  if (typeof fields.value(name) === 'string') return fields.requiredString(name);
  return fields.requiredFieldsList(name).map((block) => {
    block.requiredOneOf('type', ['text']);
    return decodeText(block);
  });
}

function isText(message: Fields): boolean {
  return typeof message.value('content') === 'string';
}
