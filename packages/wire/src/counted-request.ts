import type { ChatRequest } from '@inferway/core';

/** What of a chat is counted. The rest is only of its answer, so that nobody is warned of what is left out. */
export function countedRequest(request: ChatRequest): ChatRequest {
  const { messages, tools, toolChoice, parallelToolCalls, output, reasoning } = request;
  const { maxOutputTokens, providerOptions, passthrough } = request;
  return {
    messages,
    tools,
    toolChoice,
    parallelToolCalls,
    output,
    reasoning,
    // A budget for thinking may depend on it.
    maxOutputTokens,
    providerOptions,
    passthrough,
  };
}
