import type { AssistantPart, JsonObject, JsonValue } from '@inferway/core';
import type { JsonBody } from '../json-body.js';
import { dataUrl } from '../data-url.js';
import { writeAudio } from './audio-answer.js';
import { writeCitation } from './citations.js';
import { OPENAI_CHAT } from './dialect.js';
import { writeReasoning, type Placed } from './reasoning-details.js';
import { writeToolCall } from './tool-call.js';

/**
 * The parts of an answer as one message. All text is one string, as every client expects; what has no place in the protocol is left out.
 * @param id For audio that has none of its own.
 */
export function encodeAnswer(parts: readonly AssistantPart[], id: string): JsonObject {
  const message: JsonBody = { role: 'assistant', content: null, refusal: null };
  const reasoning: Placed[] = [];
  const calls: JsonObject[] = [];
  const annotations: JsonValue[] = [];
  const images: JsonObject[] = [];
  let text: string | undefined;
  parts.forEach((part, index) => {
    switch (part.type) {
      case 'text': {
        const before = text?.length ?? 0;
        text = (text ?? '') + part.text;
        for (const citation of part.citations ?? []) {
          annotations.push(writeCitation(shifted(citation, before)));
        }
        break;
      }
      case 'refusal': {
        message['refusal'] = asText(message['refusal']) + part.text;
        break;
      }
      case 'reasoning': {
        reasoning.push({ part, at: index });
        break;
      }
      case 'tool-call': {
        calls.push(writeToolCall(part, true));
        break;
      }
      case 'image': {
        const url = imageUrl(part);
        if (url !== undefined) images.push({ type: 'image_url', image_url: { url } });
        break;
      }
      case 'audio': {
        const audio = writeAudio(part, `audio_${id}`);
        if (audio !== undefined) message['audio'] = audio;
        break;
      }
      case 'provider': {
        if (part.format === OPENAI_CHAT && part.kind === 'custom') calls.push(part.value);
        break;
      }
      default:
    }
  });
  if (reasoning.length > 0) {
    const written = writeReasoning(reasoning, true);
    if (written.text !== '') message['reasoning_content'] = written.text;
    if (written.details !== undefined) message['reasoning_details'] = written.details;
  }
  if (annotations.length > 0) message['annotations'] = annotations;
  if (images.length > 0) message['images'] = images;
  if (calls.length > 0) message['tool_calls'] = calls;
  const otherwise = calls.length > 0 || message['refusal'] !== null || 'audio' in message;
  message['content'] = text ?? (otherwise ? null : '');
  return message;
}

function asText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Citations count from the start of their own part; on the wire there is one text. */
function shifted<
  C extends { readonly start?: number | undefined; readonly end?: number | undefined },
>(citation: C, by: number): C {
  if (by === 0 || citation.start === undefined || citation.end === undefined) return citation;
  return { ...citation, start: citation.start + by, end: citation.end + by };
}

/** The URL that carries an image; undefined for one that only its provider can open. */
export function imageUrl(part: Extract<AssistantPart, { type: 'image' }>): string | undefined {
  const { image } = part;
  if (image.type === 'file-id') return undefined;
  return image.type === 'url' ? image.url : dataUrl(image.mediaType, image.data);
}
