import type {
  AssistantPart,
  ProviderPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
} from '@inferway/core';
import type { Fields } from '../checks.js';
import { OPENAI_CHAT } from './dialect.js';
import { decodeImage, decodeText } from './decode-content.js';
import { placeReasoning, readReasoning } from './reasoning-details.js';
import { readExtra } from './tool-call.js';

/**
 * An earlier answer as its caller sends it back. A plain string stays one.
 * @param legacyId The id to give a deprecated `function_call`, where there is one.
 */
export function decodeAssistant(
  message: Fields,
  legacyId: string | undefined,
): string | AssistantPart[] {
  const parts: AssistantPart[] = [];
  const content = message.value('content');
  if (typeof content === 'string') {
    if (content !== '') parts.push({ type: 'text', text: content });
  } else {
    for (const part of message.fieldsList('content') ?? []) parts.push(decodePart(part));
  }
  const refusal = message.string('refusal');
  if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal', text: refusal });
  for (const image of message.fieldsList('images') ?? []) parts.push(decodeImage(image));
  const audio = message.fields('audio');
  if (audio !== undefined) {
    const id = audio.requiredString('id');
    parts.push({ type: 'audio', audio: { type: 'file-id', id } });
  }
  for (const call of message.fieldsList('tool_calls') ?? []) parts.push(decodeToolCall(call));
  const legacy = message.fields('function_call');
  if (legacy !== undefined && legacyId !== undefined) parts.push(decodeCall(legacy, legacyId));
  checkReasoning(message);
  const all = placeReasoning<AssistantPart>(parts, readReasoning(message.object));
  const only = all.length === 1 ? all[0] : undefined;
  if (all.length === 0 || (only?.type === 'text' && typeof content === 'string')) {
    return typeof content === 'string' ? content : [];
  }
  return all;
}

function decodePart(part: Fields): TextPart | RefusalPart | AssistantPart {
  const type = part.requiredOneOf('type', ['text', 'refusal', 'image_url', 'thinking']);
  if (type === 'text') return decodeText(part);
  if (type === 'image_url') return decodeImage(part);
  if (type === 'refusal') return { type, text: part.requiredString('refusal') };
  const pieces = part.requiredFieldsList('thinking').map((piece) => piece.requiredString('text'));
  return { type: 'reasoning', text: pieces.join('') };
}

function decodeToolCall(call: Fields): ToolCallPart | ProviderPart {
  const type = call.string('type') ?? 'function';
  const id = call.requiredString('id');
  if (id === '') call.refuse('id', 'must not be empty.');
  if (type === 'custom') {
    call.requiredFields('custom');
    return { type: 'provider', format: OPENAI_CHAT, kind: type, value: call.object };
  }
  if (type !== 'function') call.refuse('type', 'must be one of "function", "custom".');
  const opaque = readExtra(call.object['extra_content']);
  const part = decodeCall(call.requiredFields('function'), id);
  return opaque === undefined ? part : { ...part, opaque };
}

function decodeCall(called: Fields, id: string): ToolCallPart {
  const name = called.requiredString('name');
  // No arguments at all are an empty object; some clients send the object itself.
  const text =
    typeof called.value('arguments') === 'object'
      ? JSON.stringify(called.json('arguments'))
      : (called.string('arguments') ?? '');
  return { type: 'tool-call', id, name, arguments: text === '' ? '{}' : text };
}

/** Reasoning is read leniently, but its types are checked here. */
function checkReasoning(message: Fields): void {
  message.string('reasoning_content');
  message.string('reasoning');
  message.fieldsList('reasoning_details');
}
