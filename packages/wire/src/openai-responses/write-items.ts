import type {
  AssistantPart,
  JsonObject,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
} from '@inferway/core';
import { defined } from '../json-body.js';
import { writeCitations } from './citations.js';
import { ownValue } from './dialect.js';
import type { IdPrefix } from './item-id.js';

/** How items are written: back to a provider, or as an answer. */
export interface ItemStyle {
  /** The id of an item, by the one that its provider gave it; undefined for none. */
  id(prefix: IdPrefix, given: unknown): string | undefined;
  /** Given to items that have a status. */
  readonly status: 'completed' | undefined;
  /** Undefined, after a warning where that is due, for what is not sent. */
  reasoning(part: ReasoningPart, index: number): JsonObject | undefined;
  /** What follows a call. */
  afterCall(part: ToolCallPart, index: number): JsonObject | undefined;
  /** A part that is no text, refusal, reasoning or call. */
  other(
    part: Exclude<AssistantPart, Written | ReasoningPart>,
    index: number,
  ): JsonObject | undefined;
}

/** A part that stands in a message. */
export type Said = TextPart | RefusalPart;
type Written = Said | ToolCallPart;

/** Parts of the model as items, in order. Text and refusals that follow each other and come from one item are one message. */
export function writeItems(parts: readonly AssistantPart[], style: ItemStyle): JsonObject[] {
  const items: JsonObject[] = [];
  const add = (item: JsonObject | undefined): void => {
    if (item !== undefined) items.push(item);
  };
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as AssistantPart;
    switch (part.type) {
      case 'text':
      case 'refusal': {
        const said: Said[] = [part];
        for (let next = parts[index + 1]; sameMessage(part, next); next = parts[index + 1]) {
          said.push(next);
          index++;
        }
        items.push(messageItem(said, style));
        break;
      }
      case 'reasoning': {
        add(style.reasoning(part, index));
        break;
      }
      case 'tool-call': {
        items.push(callItem(part, style));
        add(style.afterCall(part, index));
        break;
      }
      default:
        add(style.other(part, index));
    }
  }
  return items;
}

/** Whether `next` stands in the message of `part`. */
export function sameMessage(part: Said, next: AssistantPart | undefined): next is Said {
  if (next === undefined || (next.type !== 'text' && next.type !== 'refusal')) return false;
  const [one, other] = [ownValue(part.opaque), ownValue(next.opaque)];
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

export function messageItem(said: readonly Said[], style: ItemStyle): JsonObject {
  const own = ownValue(said[0]?.opaque) ?? {};
  return defined({
    ...own,
    id: style.id('msg', own['id']),
    type: 'message',
    role: 'assistant',
    status: style.status,
    content: said.map((part) => writeSaid(part)),
  });
}

/** A content of a message. */
export function writeSaid(part: Said): JsonObject {
  return part.type === 'refusal'
    ? { type: 'refusal', refusal: part.text }
    : { type: 'output_text', text: part.text, annotations: writeCitations(part.citations) };
}

export function callItem(part: ToolCallPart, style: ItemStyle): JsonObject {
  const own = ownValue(part.opaque) ?? {};
  return defined({
    ...own,
    id: style.id('fc', own['id']),
    type: 'function_call',
    status: style.status,
    call_id: part.id,
    name: part.name,
    arguments: part.arguments,
  });
}
