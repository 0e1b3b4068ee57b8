import type { ChatRequest } from '../../operations/chat-request.js';
import type { Message } from '../../operations/messages.js';
import type { CacheMarker } from '../../operations/parts.js';
import type { Tool } from '../../operations/tools.js';
import { markerPlaces, type MarkerPlace } from './marker-places.js';
import type { CheckedRule } from './prompt-cache-options.js';

/** A request with markers, and how many were placed. */
export interface Marked {
  readonly request: ChatRequest;
  readonly markers: number;
}

/** Marks the most worthwhile stable prefixes of a request that has no markers. The given request stays as it is. */
export function placeMarkers(request: ChatRequest, rule: CheckedRule): Marked {
  const chosen = markerPlaces(request, rule.minTokens).slice(0, rule.maxMarkers);
  if (chosen.length === 0) return { request, markers: 0 };
  const tools = request.tools === undefined ? undefined : [...request.tools];
  const messages = [...request.messages];
  let short = false;
  for (const place of chosen.toSorted(inOrder)) {
    // What comes later cannot be kept longer than what stands before it.
    const ttl: CacheMarker['ttl'] = place.moves || short ? rule.conversationTtl : rule.ttl;
    short ||= ttl !== '1h';
    const cache: CacheMarker = ttl === undefined ? {} : { ttl };
    if (place.message === -1) mark(tools as Tool[], place.part, cache);
    else messages[place.message] = markedMessage(messages[place.message] as Message, place, cache);
  }
  return {
    request: { ...request, messages, ...(tools === undefined ? {} : { tools }) },
    markers: chosen.length,
  };
}

function inOrder(one: MarkerPlace, other: MarkerPlace): number {
  return one.message - other.message || one.part - other.part;
}

function markedMessage(message: Message, { part }: MarkerPlace, cache: CacheMarker): Message {
  const { content } = message;
  const parts: unknown[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : [...content];
  mark(parts, part, cache);
  return { ...message, content: parts } as Message;
}

function mark(list: unknown[], index: number, cache: CacheMarker): void {
  list[index] = { ...(list[index] as object), cache };
}
