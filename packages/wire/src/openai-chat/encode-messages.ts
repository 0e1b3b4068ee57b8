import type { JsonObject, Message, ToolMessage } from '@inferway/core';
import type { EncodeTarget } from '../format.js';
import type { JsonBody } from '../json-body.js';
import type { OpenAIChatDialect } from './dialect.js';
import { encodeAssistant } from './encode-assistant.js';
import { encodeContent, encodePart } from './encode-content.js';
import { unsupported } from '../dropped.js';
import { systemRole } from '../openai/system-role.js';

/** Canonical messages to the list of the body. One tool message becomes one for each of its results. */
export function encodeMessages(
  messages: readonly Message[],
  to: EncodeTarget<OpenAIChatDialect>,
): JsonObject[] {
  const encoded: JsonObject[] = [];
  messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.role === 'tool') {
      encodeResults(message, path, to, encoded);
      return;
    }
    if (message.role === 'assistant') {
      encoded.push(encodeAssistant(message, path, to));
      return;
    }
    const role =
      message.role === 'user' ? 'user' : systemRole(message.role, to.dialect?.systemRole);
    const content: JsonBody = { role, content: encodeContent(message.content, path, to) };
    if (message.name !== undefined) content['name'] = message.name;
    encoded.push(content);
  });
  return encoded;
}

/**
 * Tool messages hold text only. Images and files of a result follow in a user message, where every model with eyes can see them,
 * after the last result, since nothing may stand between a call and its results.
 */
function encodeResults(
  message: ToolMessage,
  path: string,
  to: EncodeTarget<OpenAIChatDialect>,
  encoded: JsonObject[],
): void {
  const moved: JsonObject[] = [];
  message.content.forEach((result, number) => {
    const own = `${path}.content[${number}]`;
    const body: JsonBody = { role: 'tool', tool_call_id: result.id, content: '' };
    if (result.name !== undefined && to.dialect?.resultNames !== false) body['name'] = result.name;
    if (result.isError === true) {
      to.warn(unsupported(`${own}.isError`, 'the format has no mark for a tool that failed'));
    }
    encoded.push(body);
    if (typeof result.content === 'string') {
      body['content'] = result.content;
      return;
    }
    const texts = result.content.filter((part) => part.type === 'text');
    body['content'] = encodeContent(texts, own, to);
    result.content.forEach((part, index) => {
      if (part.type === 'text') return;
      const at = `${own}.content[${index}]`;
      if (part.type === 'provider') {
        to.warn(unsupported(at, `it is a part of ${part.format}`));
        return;
      }
      to.warn({
        type: 'changed',
        setting: at,
        message: `Tool results hold text only, so this ${part.type} was sent in a user message after them.`,
      });
      const sent = encodePart(part, at, to);
      if (sent !== undefined) moved.push(sent);
    });
  });
  if (moved.length > 0) encoded.push({ role: 'user', content: moved });
}
