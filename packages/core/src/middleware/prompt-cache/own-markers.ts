import { isJsonObject } from '../../json.js';
import type { ChatRequest } from '../../operations/chat-request.js';
import type { Message } from '../../operations/messages.js';

/** The convention by which wire formats write markers that the canonical form has no place for. */
const MEMBER = 'cache_control';

/** True where the caller placed a marker anywhere: then all of them are his. */
export function hasOwnMarkers(request: ChatRequest, provider: string): boolean {
  const { tools, messages, providerOptions, passthrough } = request;
  if (isMarked(providerOptions?.[provider]) || isMarked(passthrough?.fields)) return true;
  for (const tool of tools ?? [])
    if (tool.type === 'provider' ? isMarked(tool.value) : tool.cache !== undefined) return true;
  return messages.some(holdsMarker);
}

function holdsMarker({ content }: Message): boolean {
  if (typeof content === 'string') return false;
  return content.some((part) => {
    if (part.type === 'provider') return isMarked(part.value);
    if (part.cache !== undefined) return true;
    if (part.type !== 'tool-result' || typeof part.content === 'string') return false;
    return part.content.some((inner) =>
      inner.type === 'provider' ? isMarked(inner.value) : inner.cache !== undefined,
    );
  });
}

function isMarked(value: unknown): boolean {
  return isJsonObject(value) && value[MEMBER] !== undefined && value[MEMBER] !== null;
}
