import type { JsonObject, JsonValue, Opaque, ReasoningPart } from '@inferway/core';
import { asNumber, asObjects, asString, asText } from '../lenient.js';
import { OPENAI_CHAT } from './dialect.js';

/**
 * `reasoning_details` is OpenRouter's list of reasoning entries with signatures, to be returned unchanged. We keep theirs as opaque, and use
 * the same shapes to carry what other formats need back through a client of this protocol: such an entry's `format` is tagged.
 */
const TAG = 'inferway:';
/** The tag of an opaque value that is no string and travels as JSON text. */
const JSON_TAG = 'inferway-json:';

/** A reasoning part and its place among the parts of the message. */
export interface Placed {
  readonly part: ReasoningPart;
  /** Undefined: before all others. */
  readonly at: number | undefined;
}

/** The reasoning of a message: all its text, and the entries where something beside the text must come back. */
export function writeReasoning(
  reasoning: readonly Placed[],
  portable: boolean,
): { text: string; details: JsonValue[] | undefined } {
  let text = '';
  for (const { part } of reasoning) text += part.text;
  const needed =
    portable && reasoning.length > 1
      ? true
      : reasoning.some(
          ({ part }) =>
            part.opaque !== undefined && (portable || part.opaque.format === OPENAI_CHAT),
        );
  return {
    text,
    details: needed
      ? reasoning.flatMap(({ part, at }) => writeEntries(part, at ?? 0, portable))
      : undefined,
  };
}

/** The entries of one part: its provider's own, or one with our tag. */
export function writeEntries(part: ReasoningPart, at: number, portable: boolean): JsonValue[] {
  const { text, opaque } = part;
  if (opaque?.format === OPENAI_CHAT) {
    return Array.isArray(opaque.value) ? [...(opaque.value as JsonValue[])] : [opaque.value];
  }
  if (!portable) return text === '' ? [] : [{ type: 'reasoning.text', text }];
  if (opaque === undefined) return [{ type: 'reasoning.text', text, format: TAG, index: at }];
  const plain = typeof opaque.value === 'string';
  const value = plain ? (opaque.value as string) : JSON.stringify(opaque.value);
  const format = (plain ? TAG : JSON_TAG) + opaque.format;
  return text === ''
    ? [{ type: 'reasoning.encrypted', data: value, format, index: at }]
    : [{ type: 'reasoning.text', text, signature: value, format, index: at }];
}

/** What an entry with our tag says; undefined for a provider's own. */
export function readTagged(entry: JsonObject): Placed | undefined {
  const format = asString(entry['format']);
  const json = format?.startsWith(JSON_TAG) === true;
  if (format === undefined || !(json || format.startsWith(TAG))) return undefined;
  const name = format.slice((json ? JSON_TAG : TAG).length);
  const value = asString(entry['signature']) ?? asString(entry['data']);
  const opaque = name === '' || value === undefined ? undefined : readOpaque(name, value, json);
  const text = asString(entry['text']) ?? '';
  const part: ReasoningPart =
    opaque === undefined ? { type: 'reasoning', text } : { type: 'reasoning', text, opaque };
  return { part, at: asNumber(entry['index']) };
}

// A value that a client has spoilt is of no use to anyone.
function readOpaque(format: string, value: string, json: boolean): Opaque | undefined {
  if (!json) return { format, value };
  try {
    return { format, value: JSON.parse(value) as JsonValue };
  } catch {
    return undefined;
  }
}

/** The reasoning of a whole message: `reasoning_content` or `reasoning`, and `reasoning_details`. */
export function readReasoning(message: JsonObject): Placed[] {
  const text = asText(message['reasoning_content']) ?? asText(message['reasoning']);
  const entries = asObjects(message['reasoning_details']);
  const tagged: Placed[] = [];
  const own: JsonObject[] = [];
  for (const entry of entries) {
    const placed = readTagged(entry);
    if (placed === undefined) own.push(entry);
    else tagged.push(placed);
  }
  const first = tagged[0];
  if (first === undefined) {
    const whole = text ?? own.map((entry) => entryText(entry)).join('');
    if (own.length === 0) {
      return whole === '' ? [] : [{ part: { type: 'reasoning', text: whole }, at: undefined }];
    }
    const opaque = { format: OPENAI_CHAT, value: own };
    return [{ part: { type: 'reasoning', text: whole, opaque }, at: undefined }];
  }
  // A client that kept the signature but not the entry's text has it in the other field.
  if (tagged.length === 1 && first.part.text === '' && text !== undefined && own.length === 0) {
    return [{ ...first, part: { ...first.part, text } }];
  }
  const theirs: Placed[] =
    own.length === 0
      ? []
      : [
          {
            part: {
              type: 'reasoning',
              text: own.map((entry) => entryText(entry)).join(''),
              opaque: { format: OPENAI_CHAT, value: own },
            },
            at: undefined,
          },
        ];
  return [...theirs, ...tagged];
}

/** The readable text of a provider's own entry. */
export function entryText(entry: JsonObject): string {
  return asString(entry['text']) ?? asString(entry['summary']) ?? '';
}

/** Puts reasoning parts back to their places among the others. */
export function placeReasoning<P>(parts: P[], reasoning: readonly Placed[]): (P | ReasoningPart)[] {
  if (reasoning.length === 0) return parts;
  const all: (P | ReasoningPart)[] = [...parts];
  const ordered = reasoning
    .map((placed, order) => ({ part: placed.part, at: placed.at ?? order }))
    .sort((a, b) => a.at - b.at);
  for (const { part, at } of ordered) all.splice(Math.max(0, at), 0, part);
  return all;
}
