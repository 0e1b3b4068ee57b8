import type { Prepared } from '../traits.js';
import type { ChatInput } from './chat-input.js';
import type { ChatRequest } from './chat-request.js';
import type * as Schemas from './chat-schemas.js';
import { messageText } from './message-text.js';

let schemas: typeof Schemas | undefined;

/** Hands in what reads schemas, for tests in virtual time, which cannot wait for it to be loaded. */
export function provideSchemas(loaded: typeof Schemas): void {
  schemas = loaded;
}

/** Turns what the application wrote into the request that travels. What reads and checks schemas is loaded on first use. */
export function prepareChat(input: ChatInput): Prepared<'chat'> | Promise<Prepared<'chat'>> {
  const { reasoning } = input;
  const plain = (
    typeof reasoning === 'string' ? { ...input, reasoning: { effort: reasoning } } : input
  ) as ChatInput & Pick<ChatRequest, 'reasoning'>;
  if (input.output === undefined && input.tools === undefined) {
    return { request: plain as ChatRequest };
  }
  if (schemas !== undefined) return schemas.prepareSchemas(plain, messageText);
  return import('./chat-schemas.js').then((loaded) => {
    provideSchemas(loaded);
    return loaded.prepareSchemas(plain, messageText);
  });
}
