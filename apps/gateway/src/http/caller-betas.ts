import type { IncomingHttpHeaders } from 'node:http';
import type { ChatRequest } from '@inferway/core';
import { anthropicMessages } from '@inferway/wire';

/**
 * Anthropic's clients name betas in a header beside the body. They travel with what the body passes through, so that a provider of the
 * same protocol sends them on and others leave them out.
 */
export function withCallerBetas(request: ChatRequest, headers: IncomingHttpHeaders): ChatRequest {
  const named = [headers['anthropic-beta'] ?? []].flat().join(',');
  const betas = named.split(',').flatMap((name) => name.trim() || []);
  if (betas.length === 0) return request;
  return {
    ...request,
    passthrough: {
      format: anthropicMessages.name,
      fields: { ...request.passthrough?.fields, betas },
    },
  };
}
