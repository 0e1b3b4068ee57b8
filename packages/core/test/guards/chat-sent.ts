import type { ChatRequest } from '@inferway/core';
import type { FakeAttempt } from '@inferway/core/testing';

/** The chat request of one attempt as it reached the provider. */
export function chatSent(
  provider: { readonly attempts: readonly FakeAttempt[] },
  attempt = 0,
): ChatRequest {
  const made = provider.attempts[attempt];
  if (made?.call.operation !== 'chat') throw new Error(`There is no chat attempt ${attempt}.`);
  return made.call.request;
}
