import type { Operation } from '@inferway/core';
import type { WireVariant } from '../wire-variant.js';
import { anthropicMessagesForms } from './anthropic-messages.js';
import { openaiChatTools } from './openai-chat-tools.js';
import { openaiChatUsage } from './openai-chat-usage.js';
import { openaiResponsesCounts } from './openai-responses-counts.js';
import { openaiResponsesForms } from './openai-responses.js';

const BY_FORMAT: Readonly<Record<string, readonly object[]>> = {
  'anthropic-messages': anthropicMessagesForms,
  'openai-chat': [...openaiChatTools, ...openaiChatUsage],
  'openai-responses': [...openaiResponsesForms, ...openaiResponsesCounts],
};

/** The forms of answers that are known of servers of a wire format. */
export function variantsOf<K extends Operation>(format: string): readonly WireVariant<K>[] {
  return (BY_FORMAT[format] ?? []) as readonly WireVariant<K>[];
}
