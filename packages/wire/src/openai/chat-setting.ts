import type { ChatRequest } from '@inferway/core';

/** A setting of a chat that a provider may not take. */
export type ChatSetting = Exclude<
  keyof ChatRequest,
  'messages' | 'providerOptions' | 'passthrough' | 'maxOutputTokens'
>;
