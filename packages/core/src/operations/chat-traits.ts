import type { OperationTraits } from '../traits.js';
import { foldChat } from './chat-fold.js';
import { prepareChat } from './chat-prepare.js';
import { messageText, messageToolCalls } from './message-text.js';
import { unfoldChat } from './chat-unfold.js';

/** How chat events, results and inputs turn into each other. */
export const chatTraits: OperationTraits<'chat'> = {
  // An opened text part is still preamble: providers open one before they know whether they will fail.
  isContent: (event) =>
    event.type !== 'start' &&
    !(
      event.type === 'part-start' &&
      (event.part.type === 'text' || event.part.type === 'reasoning')
    ),
  fold: foldChat,
  unfold: unfoldChat,
  text: (event) => (event.type === 'text-delta' ? event.text : undefined),
  answer: ({ message }) => ({ text: messageText(message), toolCalls: messageToolCalls(message) }),
  prepare: prepareChat,
};
