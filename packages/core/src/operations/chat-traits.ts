import type { Ending, OperationTraits } from '../traits.js';
import { foldChat } from './chat-fold.js';
import { prepareChat } from './chat-prepare.js';
import { messageText, messageToolCalls } from './message-text.js';
import { unfoldChat } from './chat-unfold.js';

/** How chat events, results and inputs turn into each other. */
export const chatTraits: OperationTraits<'chat'> = {
  // An opened text part is still preamble: providers open one before they know whether they will fail.
  isContent: (event) =>
    event.type !== 'start' &&
    event.type !== 'resumed' &&
    !(
      event.type === 'part-start' &&
      (event.part.type === 'text' || event.part.type === 'reasoning')
    ),
  fold: foldChat,
  unfold: unfoldChat,
  seam: (event) => (event.type === 'resumed' ? event.mode : undefined),
  text: (event) => (event.type === 'text-delta' ? event.text : undefined),
  answer: ({ message }) => ({ text: messageText(message), toolCalls: messageToolCalls(message) }),
  outputLength: (event) => {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
        return event.text.length;
      case 'tool-call-delta':
        return event.arguments.length;
      case 'part-start':
        return event.part.type === 'tool-call' ? event.part.name.length : 0;
      default:
        return 0;
    }
  },
  ending: (result) => {
    let ending: Ending = 'answer';
    for (const { message, finishReason } of [result, ...(result.alternatives ?? [])]) {
      const { unified } = finishReason;
      if (unified !== 'stop' && unified !== 'tool-calls') return 'incomplete';
      if (unified === 'tool-calls' || messageToolCalls(message).length > 0) ending = 'tool-calls';
    }
    return ending;
  },
  prepare: prepareChat,
};
