import type { AssistantPart, JsonObject, ToolCallPart } from '@inferway/core';
import { carryForCall } from '../foreign-opaque.js';
import { asText } from '../lenient.js';
import { OPENAI_RESPONSES } from './dialect.js';
import { madeId } from './item-id.js';
import { writeReasoning } from './reasoning-item.js';
import type { ItemStyle } from './write-items.js';

/** Items of an answer: all have ids, made up where there are none, and signatures of every origin travel with them. */
export function answerStyle(answerId: string): ItemStyle {
  let made = 0;
  const id: ItemStyle['id'] = (prefix, given) => asText(given) ?? madeId(prefix, answerId, made++);
  return {
    id,
    status: 'completed',
    reasoning: (part) => writeReasoning(part, id('rs', undefined)),
    afterCall: (part) => carrier(part, id('rs', undefined)),
    other: (part) => writeOther(part, (prefix) => id(prefix, undefined) ?? ''),
  };
}

/** What another format needs back with a call, as an item that clients return unread. */
export function carrier(
  { id: call, opaque }: Pick<ToolCallPart, 'id' | 'opaque'>,
  id: string | undefined,
): JsonObject | undefined {
  if (opaque === undefined || opaque.format === OPENAI_RESPONSES) return undefined;
  const item = { type: 'reasoning', summary: [], encrypted_content: carryForCall(call, opaque) };
  return id === undefined ? item : { id, ...item };
}

/** Parts with a place of their own in this protocol; what has none is left out. */
function writeOther(
  part: AssistantPart,
  made: (prefix: 'msg' | 'ig') => string,
): JsonObject | undefined {
  if (part.type === 'provider') {
    return part.format === OPENAI_RESPONSES ? part.value : undefined;
  }
  if (part.type === 'image' && part.image.type === 'base64') {
    const { data } = part.image;
    return { id: made('ig'), type: 'image_generation_call', status: 'completed', result: data };
  }
  if (part.type !== 'audio' || part.transcript === undefined) return undefined;
  const content = [{ type: 'output_text', text: part.transcript, annotations: [], logprobs: [] }];
  return { id: made('msg'), type: 'message', role: 'assistant', status: 'completed', content };
}
