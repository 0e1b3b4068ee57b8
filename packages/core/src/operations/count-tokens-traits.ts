import type { OperationTraits } from '../traits.js';
import { prepareChat } from './chat-prepare.js';

/** A count takes what a chat takes, and parses no answer. */
export const countTokensTraits: OperationTraits<'countTokens'> = {
  prepare: (input) => ({ request: prepareChat(input).request }),
  outputLength: () => 0,
};
