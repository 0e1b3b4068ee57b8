import type { ChatRequest } from '../../operations/chat-request.js';
import type { Message } from '../../operations/messages.js';
import { estimateTokens } from '../../token-estimate.js';

/** Where a marker may stand: behind a tool, or behind a part of a message. */
export interface MarkerPlace {
  /** Index of the message; -1 for the tools. */
  readonly message: number;
  /** Index of the part, or of the tool. A content that is one string has one part. */
  readonly part: number;
  /** In the conversation, which grows, and not in what all conversations share. */
  readonly moves: boolean;
}

/**
 * The stable prefixes of a request, most worth keeping first: tools and system prompt; the prompt so far, which the next turn begins with; the same
 * as it was one turn ago, where its marker is now found; the last long document; the tools alone, for when the system prompt changes. A single
 * question has no next turn yet, and is not marked. Those of fewer than `minTokens` tokens are left out.
 */
export function markerPlaces(request: ChatRequest, minTokens: number): readonly MarkerPlace[] {
  const { messages } = request;
  const system = placeIn(messages, leadingSystem(messages) - 1, false);
  const tools = lastTool(request);
  const candidates = [
    system ?? tools,
    ...conversation(messages),
    longDocument(messages, minTokens),
    tools,
  ];
  const places: MarkerPlace[] = [];
  for (const place of candidates) {
    if (place === undefined || places.some((other) => isSame(place, other))) continue;
    if (isLongEnough(request, place, minTokens)) places.push(place);
  }
  return places;
}

/** How many messages stand above the conversation. */
export function leadingSystem(messages: readonly Message[]): number {
  const first = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  return first === -1 ? messages.length : first;
}

function conversation(messages: readonly Message[]): (MarkerPlace | undefined)[] {
  const answered = messages.findLastIndex(({ role }) => role === 'assistant');
  if (answered <= 0 || answered === messages.length - 1) return [];
  const before = messages.findLastIndex(({ role }, index) => index < answered && isInput(role));
  return [placeIn(messages, messages.length - 1, true), placeIn(messages, before, true)];
}

function isInput(role: Message['role']): boolean {
  return role === 'user' || role === 'tool';
}

function lastTool({ tools }: ChatRequest): MarkerPlace | undefined {
  // A provider's own tool is in its own words, and holds no marker of ours.
  const part = tools?.findLastIndex(({ type }) => type !== 'provider') ?? -1;
  return part === -1 ? undefined : { message: -1, part, moves: false };
}

// One that nothing follows is the question itself, and comes once.
function longDocument(messages: readonly Message[], minTokens: number): MarkerPlace | undefined {
  for (let message = messages.length - 1; message >= 0; message--) {
    const { role, content } = messages[message] as Message;
    if (role !== 'user' || typeof content === 'string') continue;
    const end = message === messages.length - 1 ? content.length - 1 : content.length;
    for (let part = end - 1; part >= 0; part--) {
      if (isMarkable(content[part]) && estimateTokens(content[part]) >= minTokens)
        return { message, part, moves: false };
    }
  }
  return undefined;
}

function placeIn(
  messages: readonly Message[],
  message: number,
  moves: boolean,
): MarkerPlace | undefined {
  const found = messages[message];
  if (found === undefined || found.role === 'assistant') return undefined;
  const { content } = found;
  if (typeof content === 'string') return content === '' ? undefined : { message, part: 0, moves };
  const part = content.findLastIndex(isMarkable);
  return part === -1 ? undefined : { message, part, moves };
}

function isMarkable(part: { readonly type: string; readonly text?: unknown } | undefined): boolean {
  switch (part?.type) {
    case 'text':
      return part.text !== '';
    case 'image':
    case 'file':
    case 'tool-result':
      return true;
    default:
      return false;
  }
}

function isSame(one: MarkerPlace, other: MarkerPlace): boolean {
  return one.message === other.message && one.part === other.part;
}

/** True where tools and messages together are of `minTokens` or more. */
export function isLongPrefix(
  prefix: Pick<ChatRequest, 'tools' | 'messages'>,
  minTokens: number,
): boolean {
  return estimateTokens(prefix.tools) + estimateTokens(prefix.messages) >= minTokens;
}

// Stops counting as soon as it is enough: conversations are long, and this runs for each attempt.
function isLongEnough(request: ChatRequest, place: MarkerPlace, minTokens: number): boolean {
  const { tools = [], messages } = request;
  let left =
    minTokens - estimateTokens(place.message === -1 ? tools.slice(0, place.part + 1) : tools);
  for (let index = 0; left > 0 && index <= place.message; index++) {
    const { content } = messages[index] as Message;
    const whole = index < place.message || typeof content === 'string';
    left -= estimateTokens(whole ? content : content.slice(0, place.part + 1));
  }
  return left <= 0;
}
