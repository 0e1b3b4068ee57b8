import type { OperationTraits, Prepared } from '../traits.js';
import { prepareChat } from './chat-prepare.js';

/** A count takes what a chat takes, and parses no answer. */
export const countTokensTraits: OperationTraits<'countTokens'> = {
  prepare(input) {
    const prepared = prepareChat(input);
    return prepared instanceof Promise ? prepared.then(requestOnly) : requestOnly(prepared);
  },
  outputLength: () => 0,
};

function requestOnly({ request }: Prepared<'chat'>): Prepared<'countTokens'> {
  return { request };
}
