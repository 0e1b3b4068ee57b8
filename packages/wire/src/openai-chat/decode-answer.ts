import type { AssistantPart, JsonObject, JsonValue, ReasoningPart } from '@inferway/core';
import type { DecodeSource } from '../format.js';
import { asList, asObject, asObjects, asString, asText } from '../lenient.js';
import { audioOf } from './audio-answer.js';
import { readCitations } from './citations.js';
import type { OpenAIChatDialect } from './dialect.js';
import { imageOf } from './image-url.js';
import { placeReasoning, readReasoning } from './reasoning-details.js';
import { ThinkTags } from './think-tags.js';
import { decodeToolCalls } from './tool-calls.js';

/** The parts of an answer's message, in the order in which models write them: reasoning, text, media, tool calls. */
export function decodeAnswer(
  message: JsonObject,
  answer: JsonObject,
  finishWord: string | undefined,
  from: DecodeSource<OpenAIChatDialect>,
): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const thoughts: ReasoningPart[] = [];
  addContent(message['content'], parts, thoughts, from);
  const refusal = asText(message['refusal']);
  if (refusal !== undefined) parts.push({ type: 'refusal', text: refusal });
  addCitations(message, answer, parts);
  for (const image of asObjects(message['images'])) {
    const part = imageOf(image);
    if (part !== undefined) parts.push(part);
  }
  const audio = asObject(message['audio']);
  if (audio !== undefined) {
    const part = audioOf(audio);
    if (part !== undefined) parts.push(part);
  }
  parts.push(
    ...decodeToolCalls(message, {
      answerId: asString(answer['id']),
      finishWord,
      warn: from.warn,
    }),
  );
  return [...thoughts, ...placeReasoning<AssistantPart>(parts, readReasoning(message))];
}

function addContent(
  content: JsonValue | undefined,
  parts: AssistantPart[],
  thoughts: ReasoningPart[],
  from: DecodeSource<OpenAIChatDialect>,
): void {
  if (typeof content === 'string') {
    addText(content, parts, thoughts, from);
    return;
  }
  // Mistral's list: thinking, text, and references to what it searched.
  for (const piece of asList(content)) {
    const part = asObject(piece);
    if (part === undefined) continue;
    if (part['type'] === 'thinking') {
      const text = thinkingText(part['thinking']);
      if (text !== '') thoughts.push({ type: 'reasoning', text });
    } else if (part['type'] === 'image_url') {
      const image = imageOf(part);
      if (image !== undefined) parts.push(image);
    } else if (part['type'] === 'refusal') {
      const text = asText(part['refusal']);
      if (text !== undefined) parts.push({ type: 'refusal', text });
    } else {
      const text = asText(part['text']);
      if (text !== undefined) parts.push({ type: 'text', text });
    }
  }
}

function addText(
  content: string,
  parts: AssistantPart[],
  thoughts: ReasoningPart[],
  from: DecodeSource<OpenAIChatDialect>,
): void {
  const tags = from.dialect?.thinkTags;
  let text = content;
  if (tags !== undefined) {
    text = '';
    let thought = '';
    const split = new ThinkTags(tags);
    const take = (piece: string, thinking: boolean): void => {
      if (thinking) thought += piece;
      else text += piece;
    };
    split.push(content, take);
    split.end(take);
    if (thought !== '') thoughts.push({ type: 'reasoning', text: thought });
  }
  if (text !== '') parts.push({ type: 'text', text });
}

/** Mistral's `thinking`: a list of text parts, or one text. */
export function thinkingText(thinking: JsonValue | undefined): string {
  if (typeof thinking === 'string') return thinking;
  return asObjects(thinking)
    .map((part) => asString(part['text']) ?? '')
    .join('');
}

/** Citations stand beside the text as a whole; they are given to its last part. */
function addCitations(message: JsonObject, answer: JsonObject, parts: AssistantPart[]): void {
  const citations = readCitations(message['annotations'], answer['citations']);
  if (citations.length === 0) return;
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (part?.type !== 'text') continue;
    parts[i] = { ...part, citations };
    return;
  }
}
