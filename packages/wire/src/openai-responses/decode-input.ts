import type { AssistantPart, Message, ProviderPart, ToolResultPart } from '@inferway/core';
import type { Fields } from '../checks.js';
import { restoreCallOpaques } from '../foreign-opaque.js';
import { otherFields } from '../json-body.js';
import { CallIds } from '../openai/call-ids.js';
import { checkModelItem } from './check-item.js';
import { decodeContent, decodeTexts } from './decode-content.js';
import { keep, OPENAI_RESPONSES } from './dialect.js';
import { CUSTOM_OUTPUT, INSTRUCTIONS, isCallers } from './item-kinds.js';
import { encryptedContent } from './reasoning-item.js';
import { readItem } from './read-item.js';

const RESULT: ReadonlySet<string> = new Set(['type', 'id', 'status', 'call_id', 'output', 'name']);
const ROLES = ['user', 'system', 'developer', 'assistant'] as const;

/** `instructions` and `input` as messages. What the model said in a row is one message, and so are the results that follow each other. */
export function decodeInput(fields: Fields): Message[] {
  const messages: Message[] = [];
  const instructions = fields.string('instructions');
  if (instructions !== undefined) {
    const opaque = { format: OPENAI_RESPONSES, value: INSTRUCTIONS };
    messages.push({ role: 'system', content: instructions, opaque });
  }
  const input = fields.value('input');
  if (typeof input === 'string') {
    messages.push({ role: 'user', content: input });
    return messages;
  }
  if (input === undefined) return messages;
  if (!Array.isArray(input)) fields.refuse('input', 'must be a string or a list of items.');
  const turn = new Turn(messages);
  for (const item of fields.requiredFieldsList('input')) addItem(item, turn);
  turn.close();
  return messages;
}

/** Gathers what belongs to one message. */
class Turn {
  readonly #messages: Message[];
  #said: AssistantPart[] | undefined;
  /** The one item said so far, where it is a plain string. */
  #plain: string | undefined;
  #results: ToolResultPart[] | undefined;
  #items: ProviderPart[] | undefined;

  constructor(messages: Message[]) {
    this.#messages = messages;
  }

  say(parts: readonly AssistantPart[], plain?: string): void {
    if (this.#said === undefined) {
      this.close();
      this.#said = [];
      this.#plain = plain;
    } else this.#plain = undefined;
    this.#said.push(...parts);
  }

  result(part: ToolResultPart): void {
    if (this.#results === undefined) {
      this.close();
      this.#results = [];
    }
    this.#results.push(part);
  }

  item(part: ProviderPart): void {
    if (this.#items === undefined) {
      this.close();
      this.#items = [];
    }
    this.#items.push(part);
  }

  message(message: Message): void {
    this.close();
    this.#messages.push(message);
  }

  close(): void {
    if (this.#said !== undefined) {
      const content = this.#plain ?? restoreCallOpaques(this.#said, encryptedContent);
      this.#messages.push({ role: 'assistant', content });
    }
    if (this.#results !== undefined) this.#messages.push({ role: 'tool', content: this.#results });
    if (this.#items !== undefined) this.#messages.push({ role: 'user', content: this.#items });
    this.#said = undefined;
    this.#results = undefined;
    this.#items = undefined;
  }
}

function addItem(item: Fields, turn: Turn): void {
  const type = item.string('type') ?? (item.has('role') ? 'message' : 'item_reference');
  if (type === 'message') {
    addMessage(item, turn);
    return;
  }
  if (type === 'function_call_output' || type === CUSTOM_OUTPUT) {
    turn.result(decodeResult(item, type));
    return;
  }
  const kept: ProviderPart = {
    type: 'provider',
    format: OPENAI_RESPONSES,
    kind: type,
    value: item.object,
  };
  if (isCallers(type)) {
    turn.item(kept);
    return;
  }
  checkModelItem(item, type);
  // Ids are the caller's: two that are the same are not to be told apart here.
  const parts = readItem(item.object, { ids: new CallIds(undefined) });
  turn.say(item.has('type') ? parts : [kept]);
}

function addMessage(item: Fields, turn: Turn): void {
  const role = item.requiredOneOf('role', ROLES);
  switch (role) {
    case 'assistant': {
      checkModelItem(item, 'message');
      const parts = readItem(item.object, { ids: new CallIds(undefined) });
      const content = item.value('content');
      const plain = typeof content === 'string' && parts[0]?.opaque === undefined;
      turn.say(parts, plain ? content : undefined);
      break;
    }
    case 'user': {
      turn.message({ role, content: decodeContent(item, 'content') });
      break;
    }
    default:
      turn.message({ role, content: decodeTexts(item) });
  }
}

function decodeResult(item: Fields, type: string): ToolResultPart {
  const id = item.requiredString('call_id');
  if (id === '') item.refuse('call_id', 'must name the tool call that this answers.');
  const content = decodeContent(item, 'output') as ToolResultPart['content'];
  const rest = otherFields(item.object, RESULT);
  const kept = type === CUSTOM_OUTPUT ? { ...rest, type } : rest;
  return { type: 'tool-result', id, content, ...keep(kept) };
}
