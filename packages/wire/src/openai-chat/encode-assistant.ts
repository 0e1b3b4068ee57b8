import type { AssistantMessage, JsonObject } from '@inferway/core';
import type { EncodeTarget } from '../format.js';
import { asObject, asText } from '../lenient.js';
import type { JsonBody } from '../json-body.js';
import { OPENAI_CHAT, type OpenAIChatDialect } from './dialect.js';
import { encodePart, plainText } from './encode-content.js';
import { writeReasoning, type Placed } from './reasoning-details.js';
import { writeToolCall } from './tool-call.js';
import { unsupported } from '../dropped.js';

/** An earlier answer. Text comes first, then tool calls: the protocol has no other order. */
export function encodeAssistant(
  message: AssistantMessage,
  path: string,
  to: EncodeTarget<OpenAIChatDialect>,
): JsonObject {
  const body: JsonBody = { role: 'assistant', content: null };
  if (message.name !== undefined) body['name'] = message.name;
  if (typeof message.content === 'string') {
    body['content'] = message.content;
    return body;
  }
  const content: JsonObject[] = [];
  const calls: JsonObject[] = [];
  const reasoning: Placed[] = [];
  let refusal: string | undefined;
  message.content.forEach((part, index) => {
    switch (part.type) {
      case 'text': {
        if (part.text !== '') content.push(encodePart(part, path, to) ?? {});
        break;
      }
      case 'refusal': {
        refusal = (refusal ?? '') + part.text;
        break;
      }
      case 'tool-call': {
        calls.push(writeToolCall(part, to.dialect?.reasoningInput === 'portable'));
        break;
      }
      case 'reasoning': {
        reasoning.push({ part, at: index });
        break;
      }
      case 'audio': {
        const id =
          part.audio.type === 'file-id'
            ? part.audio.id
            : part.opaque?.format === OPENAI_CHAT
              ? asText(asObject(part.opaque.value)?.['id'])
              : undefined;
        if (id !== undefined) body['audio'] = { id };
        else if (part.transcript !== undefined) {
          content.push({ type: 'text', text: part.transcript });
        } else {
          to.warn(unsupported(`${path}.content[${index}]`, 'an answer’s audio is sent by its id'));
        }
        break;
      }
      case 'provider': {
        if (part.format !== OPENAI_CHAT) {
          to.warn(unsupported(`${path}.content[${index}]`, `it is a part of ${part.format}`));
        } else if (part.kind === 'custom') calls.push(part.value);
        else content.push(part.value);
        break;
      }
      default: {
        const at = `${path}.content[${index}]`;
        to.warn(unsupported(at, `an answer sent back holds no ${part.type}`));
      }
    }
  });
  if (content.length > 0) {
    body['content'] = plainText(content, to.dialect?.joinText === true) ?? content;
  }
  if (refusal !== undefined) body['refusal'] = refusal;
  if (calls.length > 0) body['tool_calls'] = calls;
  addReasoning(reasoning, body, path, to);
  // Null is for an answer that was something else than text.
  if (content.length === 0 && calls.length === 0 && refusal === undefined && !('audio' in body)) {
    body['content'] = '';
  }
  return body;
}

type ReasoningInput = NonNullable<OpenAIChatDialect['reasoningInput']>;

/** Where reasoning is written: its text, and whether its opaque entries go with it. */
const PLACES: Readonly<
  Record<
    Exclude<ReasoningInput, 'none'>,
    { readonly fields: readonly string[]; readonly details: boolean }
  >
> = {
  reasoning_content: { fields: ['reasoning_content'], details: false },
  reasoning: { fields: ['reasoning'], details: false },
  both: { fields: ['reasoning', 'reasoning_content'], details: false },
  reasoning_details: { fields: ['reasoning'], details: true },
  portable: { fields: ['reasoning_content'], details: true },
};

function addReasoning(
  reasoning: readonly Placed[],
  body: JsonBody,
  path: string,
  to: EncodeTarget<OpenAIChatDialect>,
): void {
  if (reasoning.length === 0) return;
  const how = to.dialect?.reasoningInput ?? 'none';
  if (how === 'none') {
    to.warn(unsupported(`${path}.content`, `${to.provider} takes no reasoning of earlier answers`));
    return;
  }
  const written = writeReasoning(reasoning, how === 'portable');
  const { fields, details } = PLACES[how];
  for (const field of fields) if (written.text !== '') body[field] = written.text;
  if (details && written.details !== undefined) body['reasoning_details'] = written.details;
}
