import { InferwayError, type ChatRequest, type JsonObject, type Message } from '@inferway/core';
import {
  anthropicMessages,
  type AnthropicDialect,
  type AnthropicModelRules,
} from '../src/index.js';
import { target } from './anthropic-support.js';

export const hello: Message = { role: 'user', content: 'Hello' };

/** A request with these settings, and the settings warned of. */
export function encode(
  request: Partial<ChatRequest>,
  dialect?: AnthropicDialect,
): { body: JsonObject; warnings: readonly string[] } {
  const to = target({ dialect });
  const body = anthropicMessages.encodeRequest({ messages: [hello], ...request }, to);
  return { body, warnings: to.warnings };
}

export function rules(model: AnthropicModelRules, more?: AnthropicDialect): AnthropicDialect {
  return { model: () => model, ...more };
}

export function failure(request: Partial<ChatRequest>): InferwayError {
  try {
    encode(request);
  } catch (reason) {
    return InferwayError.from(reason);
  }
  throw new Error('nothing was thrown');
}
