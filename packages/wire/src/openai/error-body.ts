import type { ErrorCode, InferwayError, JsonObject } from '@inferway/core';

/** OpenAI's `type` and `code` for each of our codes, so that clients that look at them do what they would with OpenAI. */
const WORDS: Readonly<Record<ErrorCode, readonly [type: string, code: string | null]>> = {
  invalid_request: ['invalid_request_error', null],
  context_length: ['invalid_request_error', 'context_length_exceeded'],
  content_filter: ['invalid_request_error', 'content_filter'],
  unsupported: ['invalid_request_error', 'unsupported'],
  authentication: ['invalid_request_error', 'invalid_api_key'],
  billing: ['insufficient_quota', 'insufficient_quota'],
  permission: ['insufficient_permissions', 'insufficient_permissions'],
  not_found: ['invalid_request_error', 'model_not_found'],
  conflict: ['invalid_request_error', 'conflict'],
  too_large: ['invalid_request_error', 'request_too_large'],
  rate_limit: ['rate_limit_error', 'rate_limit_exceeded'],
  budget: ['insufficient_quota', 'budget_exceeded'],
  tool_use_failed: ['invalid_request_error', 'tool_use_failed'],
  overloaded: ['server_error', 'overloaded'],
  server: ['server_error', 'server_error'],
  timeout: ['server_error', 'timeout'],
  connection: ['server_error', 'connection_error'],
  protocol: ['server_error', 'invalid_response'],
  empty_response: ['server_error', 'empty_response'],
  stream_interrupted: ['server_error', 'stream_interrupted'],
  aborted: ['server_error', 'aborted'],
  configuration: ['server_error', 'configuration'],
  internal: ['server_error', 'internal_error'],
};

/** An error as OpenAI's protocols write it. */
export function writeError(error: InferwayError, requestId: string | undefined): JsonObject {
  const [type, known] = WORDS[error.code];
  // Where ours says no more than the type, the provider's own word does.
  const code = known ?? error.providerCode ?? null;
  const body = { message: error.message, type, param: error.param ?? null, code };
  return requestId === undefined ? { error: body } : { error: body, request_id: requestId };
}
