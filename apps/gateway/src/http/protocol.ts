import type { InferwayError, JsonObject, RateLimitSnapshot } from '@inferway/core';
import {
  anthropicMessages,
  anthropicRateLimitHeaders,
  openaiChat,
  openaiRateLimitHeaders,
} from '@inferway/wire';

/** What an answer needs of a caller's protocol that is not an answer of a model. */
export interface Protocol {
  /** The body that a client of this protocol reads an error from. */
  encodeError(error: InferwayError, requestId: string | undefined): JsonObject;
  /** Where its clients look for how their limits stand. @param wallTime Milliseconds since the epoch. */
  rateLimitHeaders(snapshot: RateLimitSnapshot, wallTime: number): Record<string, string>;
  /** Where its clients look for the request's id, beside `x-request-id`. */
  readonly requestIdHeader?: string;
}

export const OPENAI: Protocol = {
  encodeError: (error, requestId) => openaiChat.encodeError(error, requestId),
  rateLimitHeaders: openaiRateLimitHeaders,
};

export const ANTHROPIC: Protocol = {
  encodeError: (error, requestId) => anthropicMessages.encodeError(error, requestId),
  rateLimitHeaders: anthropicRateLimitHeaders,
  requestIdHeader: 'request-id',
};

/** The protocol of a request whose route is not known yet, or never: Anthropic's under its path or with its version header. */
export function protocolOf(url: string, headers: Readonly<Record<string, unknown>>): Protocol {
  return url.startsWith('/v1/messages') || headers['anthropic-version'] !== undefined
    ? ANTHROPIC
    : OPENAI;
}
