import type { ChatEvent, ChatResult, Usage } from '@inferway/core';
import type { Sample } from './sample.js';

const TEXT = ['Grüße, ', '世界! 🌊 ', 'and "more"\n'];
export const CHAT_SECRET = 'the lighthouse keeper Zephyrine owes 4711 crowns';
export const CHAT_USAGE: Usage = { inputTokens: 12, outputTokens: 7 };

/** A chat's text answer, of three deltas with characters of up to four bytes. */
export const chatSample: Sample<'chat'> = {
  request: { messages: [{ role: 'user', content: `Remember: ${CHAT_SECRET}.` }] },
  answer: { result: textResult(TEXT.join('')), usage: CHAT_USAGE },
  events: textEvents(TEXT, CHAT_USAGE),
  secret: CHAT_SECRET,
};

/** An answer of text. */
export function textResult(text: string): ChatResult {
  return {
    id: 'answer-1',
    model: 'test-model',
    message: { role: 'assistant', content: [{ type: 'text', text }] },
    finishReason: { unified: 'stop' },
  };
}

/** The events of an answer of text. */
export function textEvents(pieces: readonly string[], usage?: Usage): readonly ChatEvent[] {
  return [
    { type: 'start', id: 'answer-1', model: 'test-model' },
    { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    ...pieces.map((text): ChatEvent => ({ type: 'text-delta', index: 0, text })),
    { type: 'part-end', index: 0 },
    { type: 'finish', finishReason: { unified: 'stop' } },
    { type: 'end', ...(usage === undefined ? {} : { usage }) },
  ];
}
