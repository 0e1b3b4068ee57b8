import type { AssistantPart, JsonObject, JsonValue, ToolCallPart, Warning } from '@inferway/core';
import { otherFields, type JsonBody } from '../json-body.js';
import { asObject, asString, asText } from '../lenient.js';
import { argumentsText, cutCall } from '../openai/tool-arguments.js';
import type { CallIds } from '../openai/call-ids.js';
import { readCitations } from './citations.js';
import { keep, OPENAI_RESPONSES } from './dialect.js';
import { givenId } from './item-id.js';
import { readReasoning } from './reasoning-item.js';

const MESSAGE: ReadonlySet<string> = new Set(['type', 'role', 'status', 'content', 'id']);
const CALL: ReadonlySet<string> = new Set(['type', 'status', 'id', 'call_id', 'name', 'arguments']);

/** How items are read. */
export interface ItemSource {
  readonly ids: CallIds;
  /** Takes the warning of a call that was cut, which is then left out; without it, as in a request, calls are read as they are. */
  readonly warn?: ((warning: Warning) => void) | undefined;
}

/** One item of an answer as parts: each content of a message is one, any other item is one. Lenient. */
export function readItem(item: JsonObject, source: ItemSource): AssistantPart[] {
  const type = asText(item['type']);
  switch (type) {
    case 'message':
      return readMessage(item);
    case 'reasoning':
      return [readReasoning(item)];
    case 'function_call': {
      const call = readCall(item, source);
      return call === undefined ? [] : [call];
    }
    case undefined:
      // The type of a message may be left out.
      return item['role'] === undefined ? [] : readMessage(item);
    default:
      return [{ type: 'provider', format: OPENAI_RESPONSES, kind: type, value: item }];
  }
}

/** The fields of a message that its text or refusal keeps: its id, its `phase`. */
export function messageFields(item: JsonObject): JsonObject {
  const value: JsonBody = { ...otherFields(item, MESSAGE) };
  const id = givenId(item['id']);
  if (id !== undefined) value['id'] = id;
  return value;
}

function readMessage(item: JsonObject): AssistantPart[] {
  const { content } = item;
  const kept = keep(messageFields(item));
  if (typeof content === 'string') return [{ type: 'text', text: content, ...kept }];
  if (!Array.isArray(content)) return [];
  return (content as readonly JsonValue[]).map((entry) => readContent(entry, item, kept));
}

function readContent(
  entry: JsonValue,
  item: JsonObject,
  kept: Pick<AssistantPart, 'opaque'>,
): AssistantPart {
  const content = asObject(entry);
  if (content?.['type'] === 'refusal') {
    return { type: 'refusal', text: asString(content['refusal']) ?? '', ...kept };
  }
  const text = asString(content?.['text']);
  if (text === undefined) {
    const value = { ...item, content: [entry] };
    return { type: 'provider', format: OPENAI_RESPONSES, kind: 'message', value };
  }
  const citations = readCitations(content?.['annotations']);
  return { type: 'text', text, ...(citations.length === 0 ? {} : { citations }), ...kept };
}

function readCall(item: JsonObject, { ids, warn }: ItemSource): ToolCallPart | undefined {
  const name = asText(item['name']);
  if (name === undefined) return undefined;
  if (warn !== undefined && item['status'] === 'incomplete') {
    warn(cutCall(name));
    return undefined;
  }
  const text = argumentsText(item['arguments']);
  return {
    type: 'tool-call',
    id: ids.take(asText(item['call_id']) ?? asText(item['id'])),
    name,
    arguments: text === '' ? '{}' : text,
    ...keep(callFields(item)),
  };
}

/** The fields of a call that the part keeps beside its own. */
export function callFields(item: JsonObject): JsonObject {
  const value: JsonBody = { ...otherFields(item, CALL) };
  const id = givenId(item['id']);
  if (id !== undefined) value['id'] = id;
  return value;
}
