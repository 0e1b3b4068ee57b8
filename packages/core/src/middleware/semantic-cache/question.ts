import type { ChatRequest } from '../../operations/chat-request.js';
import type { UserMessage } from '../../operations/messages.js';
import type { TextPart } from '../../operations/parts.js';

/** A request taken apart: what may be merely similar, and all else, which must be equal. */
export interface Question {
  /** The last text of the user's. */
  readonly text: string;
  /** The request without it. */
  readonly rest: ChatRequest;
}

/**
 * Finds what is asked. Undefined for a request that similar words are no measure of: one that does not end with the user's own words, that shows
 * images, sound or files there, or (unless `conversations`) that goes on from earlier turns, whose answers give the words their sense.
 */
export function questionOf(request: ChatRequest, conversations: boolean): Question | undefined {
  const { messages } = request;
  const last = messages.at(-1);
  if (last?.role !== 'user') return undefined;
  const before = messages.slice(0, -1);
  if (!conversations && before.some(({ role }) => role !== 'system' && role !== 'developer'))
    return undefined;
  const asked = textIn(last);
  if (asked === undefined || asked.text.trim() === '') return undefined;
  return { text: asked.text, rest: { ...request, messages: [...before, asked.rest] } };
}

function textIn(message: UserMessage): { text: string; rest: UserMessage } | undefined {
  const { content } = message;
  // A plain text and a list of one part say the same.
  const parts: readonly { readonly type: string }[] =
    typeof content === 'string' ? [{ type: 'text', text: content } as TextPart] : content;
  if (!parts.every((part): part is TextPart => part.type === 'text')) return undefined;
  const last = parts.at(-1);
  if (last === undefined) return undefined;
  const rest = [...parts.slice(0, -1), { ...last, text: '' }];
  return { text: last.text, rest: { ...message, content: rest } };
}
