import type { ErrorCode, InferwayError, JsonObject } from '@inferway/core';

/** The protocol's words (router/src/infer/mod.rs); what has none is a failed generation. */
const WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  invalid_request: 'validation',
  context_length: 'validation',
  unsupported: 'validation',
  too_large: 'validation',
  rate_limit: 'overloaded',
  overloaded: 'overloaded',
  stream_interrupted: 'incomplete_generation_stream',
  empty_response: 'incomplete_generation',
};

/** An error as the protocol writes it, for a status of its own and in a stream. */
export function writeError(error: InferwayError): JsonObject {
  return { error: error.message, error_type: WORDS[error.code] ?? 'generation' };
}
