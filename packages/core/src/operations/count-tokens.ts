import type { ChatInput } from './chat-input.js';
import type { ChatRequest } from './chat-request.js';

/** How many input tokens a chat request would be, as the provider counts, without running it. */
export interface CountTokensResult {
  readonly inputTokens: number;
  /** The tokens themselves, from engines that tell. */
  readonly tokens?: readonly number[] | undefined;
}

declare module '../operations.js' {
  interface Operations {
    countTokens: {
      request: ChatRequest;
      input: ChatInput;
      result: CountTokensResult;
      event: never;
    };
  }
}
