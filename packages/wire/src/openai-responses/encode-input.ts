import type { JsonObject, Message, ToolMessage, UserMessage, UserPart } from '@inferway/core';
import { unsupported } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { systemRole } from '../openai/system-role.js';
import { OPENAI_RESPONSES, ownValue, type OpenAIResponsesDialect } from './dialect.js';
import { encodeAssistant } from './encode-assistant.js';
import { encodeContent } from './encode-content.js';
import { CUSTOM_OUTPUT, INSTRUCTIONS, isContentKind } from './item-kinds.js';

/** `input` and, where a caller of this protocol wrote them so, `instructions`. */
export interface EncodedInput {
  readonly input: JsonObject[];
  readonly instructions?: string | undefined;
}

/** Canonical messages as the list of input items. */
export function encodeInput(
  messages: readonly Message[],
  to: EncodeTarget<OpenAIResponsesDialect>,
): EncodedInput {
  const input: JsonObject[] = [];
  let instructions: string | undefined;
  const custom = customCalls(messages);
  messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.role !== 'tool' && message.name !== undefined) {
      to.warn(unsupported(`${path}.name`, 'the format has no names of speakers'));
    }
    switch (message.role) {
      case 'assistant': {
        input.push(...encodeAssistant(message, path, to));
        break;
      }
      case 'tool': {
        encodeResults(message, path, to, input, custom);
        break;
      }
      case 'user': {
        encodeUser(message, path, to, input);
        break;
      }
      default: {
        const { content, opaque } = message;
        if (
          index === 0 &&
          typeof content === 'string' &&
          opaque?.format === OPENAI_RESPONSES &&
          opaque.value === INSTRUCTIONS
        ) {
          instructions = content;
          break;
        }
        const role = systemRole(message.role, to.dialect?.systemRole);
        input.push({ type: 'message', role, content: encodeContent(content, path, to) });
      }
    }
  });
  return instructions === undefined ? { input } : { input, instructions };
}

/** A user's message; items among its parts (an approval, a shell's output) stand beside it, in their order. */
function encodeUser(
  { content }: UserMessage,
  path: string,
  to: EncodeTarget<OpenAIResponsesDialect>,
  input: JsonObject[],
): void {
  if (typeof content === 'string') {
    input.push({ type: 'message', role: 'user', content });
    return;
  }
  let waiting: UserPart[] = [];
  const flush = (): void => {
    if (waiting.length === 0) return;
    input.push({ type: 'message', role: 'user', content: encodeContent(waiting, path, to) });
    waiting = [];
  };
  for (const part of content) {
    if (part.type === 'provider' && part.format === OPENAI_RESPONSES && !isContentKind(part.kind)) {
      flush();
      input.push(part.value);
    } else waiting.push(part);
  }
  flush();
}

function encodeResults(
  message: ToolMessage,
  path: string,
  to: EncodeTarget<OpenAIResponsesDialect>,
  input: JsonObject[],
  custom: ReadonlySet<unknown>,
): void {
  message.content.forEach((result, index) => {
    const own = `${path}.content[${index}]`;
    if (result.isError === true) {
      to.warn(unsupported(`${own}.isError`, 'the format has no mark for a tool that failed'));
    }
    const kept = ownValue(result.opaque);
    const type =
      kept?.['type'] === CUSTOM_OUTPUT || custom.has(result.id)
        ? CUSTOM_OUTPUT
        : 'function_call_output';
    const output = encodeContent(result.content, own, to);
    input.push({ ...kept, type, call_id: result.id, output });
  });
}

/** The ids of the calls of custom tools: their results have an output item of their own. */
function customCalls(messages: readonly Message[]): ReadonlySet<unknown> {
  const ids = new Set<unknown>();
  for (const { role, content } of messages) {
    if (role !== 'assistant' || typeof content === 'string') continue;
    for (const part of content) {
      if (part.type === 'provider' && part.kind === 'custom_tool_call') {
        ids.add(part.value['call_id']);
      }
    }
  }
  return ids;
}
