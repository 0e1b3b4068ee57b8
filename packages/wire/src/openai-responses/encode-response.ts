import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import type { Decoded, EncodeAs, StreamAs } from '../format.js';
import { writeLogprobs } from '../openai/logprobs.js';
import { answerStyle } from './answer-style.js';
import { endResponse, responseObject } from './response-object.js';
import { writeStatus } from './status.js';
import { writeItems } from './write-items.js';

/** Canonical result to the body of a response. Alternatives have no place in it. */
export function encodeResponse(
  { result, usage }: Decoded<'chat'>,
  as: EncodeAs & StreamAs,
): JsonObject {
  const style = answerStyle(result.id ?? as.id);
  const { content } = result.message;
  const items = writeItems(content, style);
  // An answer that says nothing is still an answer.
  if (items.length === 0) items.push(emptyMessage(style.id('msg', undefined)));
  let logprobs: JsonValue = (
    result.logprobs === undefined ? [] : writeLogprobs(result.logprobs)['content']
  ) as JsonValue;
  const output = items.map((item) =>
    item['type'] === 'message' && Array.isArray(item['content'])
      ? {
          ...item,
          content: (item['content'] as readonly JsonValue[]).map((part) => {
            if (!isJsonObject(part) || part['type'] !== 'output_text') return part;
            const told = { ...part, logprobs };
            logprobs = [];
            return told;
          }),
        }
      : item,
  );
  return endResponse(responseObject(result, as), writeStatus(result.finishReason), output, usage);
}

export function emptyMessage(id: string | undefined): JsonObject {
  return { id: id ?? '', type: 'message', role: 'assistant', status: 'completed', content: [] };
}
