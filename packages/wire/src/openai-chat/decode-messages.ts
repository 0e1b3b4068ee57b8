import type { Message, TextPart, ToolResultPart } from '@inferway/core';
import type { Fields } from '../checks.js';
import { defined } from '../json-body.js';
import { decodeAssistant } from './decode-assistant.js';
import { decodeContent, decodeTexts } from './decode-content.js';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const;

/** The messages of a caller's body. The results that follow each other are one canonical message: the answers to one turn. */
export function decodeMessages(fields: Fields): Message[] {
  const list = fields.requiredFieldsList('messages');
  if (list.length === 0) fields.refuse('messages', 'must hold at least one message.');
  const messages: Message[] = [];
  let results: ToolResultPart[] | undefined;
  const legacy = new LegacyCalls();
  list.forEach((message, index) => {
    const role = message.requiredOneOf('role', ROLES);
    if (role === 'tool' || role === 'function') {
      const result = role === 'tool' ? toolResult(message) : functionResult(message, legacy);
      if (results === undefined) {
        results = [];
        messages.push({ role: 'tool', content: results });
      }
      results.push(result);
      return;
    }
    results = undefined;
    messages.push(decodeMessage(message, role, index, legacy));
  });
  return messages;
}

function decodeMessage(
  message: Fields,
  role: 'system' | 'developer' | 'user' | 'assistant',
  index: number,
  legacy: LegacyCalls,
): Message {
  const name = message.string('name');
  if (role === 'assistant') {
    const called = message.fields('function_call');
    const id = called === undefined ? undefined : legacy.begin(called, index);
    const content = decodeAssistant(message, id);
    return defined({ role, content, name });
  }
  if (role === 'user') return defined({ role, content: decodeContent(message), name });
  return defined({ role, content: decodeTexts(message), name });
}

function toolResult(message: Fields): ToolResultPart {
  const id = message.requiredString('tool_call_id');
  if (id === '') message.refuse('tool_call_id', 'must name the tool call that this answers.');
  return defined({
    type: 'tool-result' as const,
    id,
    name: message.string('name'),
    content: decodeTexts(message),
  });
}

function functionResult(message: Fields, legacy: LegacyCalls): ToolResultPart {
  const name = message.requiredString('name');
  const content: string | TextPart[] = message.has('content') ? decodeTexts(message) : '';
  return { type: 'tool-result', id: legacy.answer(message, name), name, content };
}

/** Deprecated function calls have no id: the last call of a name is the one that is answered. */
class LegacyCalls {
  readonly #open = new Map<string, string>();

  begin(called: Fields, index: number): string {
    const id = `call_function_${index}`;
    this.#open.set(called.requiredString('name'), id);
    return id;
  }

  answer(message: Fields, name: string): string {
    return this.#open.get(name) ?? message.refuse('name', 'answers no function call before it.');
  }
}
