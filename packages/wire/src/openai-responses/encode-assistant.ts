import type { AssistantMessage, AssistantPart, JsonObject, ReasoningPart } from '@inferway/core';
import { unsupported } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { asText } from '../lenient.js';
import { carrier } from './answer-style.js';
import { OPENAI_RESPONSES, ownValue, type OpenAIResponsesDialect } from './dialect.js';
import { madeId } from './item-id.js';
import { encryptedContent, thoughtText, writeReasoning } from './reasoning-item.js';
import { writeItems } from './write-items.js';

/**
 * An earlier answer as items. Its messages and calls go back by their ids only together with the reasoning that led to them: OpenAI refuses an
 * item that it knows "without its required reasoning item", and takes it without an id.
 */
export function encodeAssistant(
  message: AssistantMessage,
  path: string,
  to: EncodeTarget<OpenAIResponsesDialect>,
): JsonObject[] {
  const { content } = message;
  if (typeof content === 'string') return [{ type: 'message', role: 'assistant', content }];
  const how = to.dialect?.reasoningInput ?? 'encrypted';
  const reasoned = content.some((part) => part.type === 'reasoning' && goesBack(part, how));
  const warn = (index: number, because: string): undefined => {
    to.warn(unsupported(`${path}.content[${index}]`, because));
  };
  const items = writeItems(content, {
    id: (_prefix, given) => (reasoned ? asText(given) : undefined),
    status: undefined,
    reasoning(part, index) {
      if (goesBack(part, how)) return writeReasoning(part, undefined);
      // A part without words and without a signature of this format says nothing here: there is nothing that is lost.
      if (part.text === '' && part.opaque === undefined) return undefined;
      if (how !== 'text')
        return warn(index, `${to.provider} takes only reasoning that it encrypted`);
      return part.text === ''
        ? warn(index, `it is encrypted, and only who did that can read it`)
        : plainThought(part.text, index);
    },
    afterCall: (part) => (how === 'portable' ? carrier(part, undefined) : undefined),
    other: (part, index) => encodeOther(part, (because) => warn(index, because)),
  });
  if (how === 'encrypted') dropTrailing(items, () => warn(content.length - 1, NOTHING_FOLLOWS));
  return items.flatMap((item) => plainMessage(item));
}

const NOTHING_FOLLOWS = 'reasoning is refused where nothing follows that it led to';

/** Takes away reasoning at the end: of an answer that was cut within it, or whose rest cannot be sent. */
function dropTrailing(items: JsonObject[], warn: () => void): void {
  if (items.at(-1)?.['type'] !== 'reasoning') return;
  warn();
  while (items.at(-1)?.['type'] === 'reasoning') items.pop();
}

function goesBack(
  part: ReasoningPart,
  how: NonNullable<OpenAIResponsesDialect['reasoningInput']>,
): boolean {
  if (how === 'portable') return true;
  return how === 'encrypted'
    ? encryptedContent(part) !== undefined
    : ownValue(part.opaque) !== undefined && encryptedContent(part) === undefined;
}

/** Reasoning in the words of an engine, which can make nothing of what others encrypted and wants an id, whatever it is. */
function plainThought(text: string, index: number): JsonObject {
  return {
    id: madeId('rs', 'sent', index),
    type: 'reasoning',
    summary: [],
    content: thoughtText(text),
  };
}

function encodeOther(
  part: AssistantPart,
  warn: (because: string) => undefined,
): JsonObject | undefined {
  if (part.type === 'provider') {
    return part.format === OPENAI_RESPONSES ? part.value : warn(`it is a part of ${part.format}`);
  }
  if (part.type === 'audio' && part.transcript !== undefined) {
    return { type: 'message', role: 'assistant', content: part.transcript };
  }
  return warn(`an answer sent back holds no ${part.type}`);
}

/**
 * A message of one plain text as a string, since not every server reads the longer form without an id and a status; none for one that says
 * nothing.
 */
function plainMessage(item: JsonObject): JsonObject[] {
  const { content } = item;
  if (item['type'] !== 'message' || !Array.isArray(content) || Object.keys(item).length !== 3) {
    return [item];
  }
  const [only] = content as JsonObject[];
  const { text, annotations } = only ?? {};
  if (content.length !== 1 || typeof text !== 'string') return [item];
  if (Array.isArray(annotations) && annotations.length > 0) return [item];
  return text === '' ? [] : [{ ...item, content: text }];
}
