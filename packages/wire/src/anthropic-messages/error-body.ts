import type { ErrorCode, InferwayError, JsonObject } from '@inferway/core';

/** Error types of the API (platform.claude.com, "Errors"). */
const TYPES: Readonly<Record<ErrorCode, string>> = {
  invalid_request: 'invalid_request_error',
  context_length: 'invalid_request_error',
  content_filter: 'invalid_request_error',
  unsupported: 'invalid_request_error',
  tool_use_failed: 'invalid_request_error',
  authentication: 'authentication_error',
  billing: 'billing_error',
  budget: 'billing_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  conflict: 'conflict_error',
  too_large: 'request_too_large',
  rate_limit: 'rate_limit_error',
  overloaded: 'overloaded_error',
  timeout: 'timeout_error',
  server: 'api_error',
  connection: 'api_error',
  protocol: 'api_error',
  empty_response: 'api_error',
  stream_interrupted: 'api_error',
  aborted: 'api_error',
  configuration: 'api_error',
  internal: 'api_error',
};

/** The body of an error, and the data of the `error` event that ends a stream. */
export function encodeError(error: InferwayError, requestId: string | undefined): JsonObject {
  return {
    type: 'error',
    error: { type: TYPES[error.code], message: error.message },
    request_id: requestId ?? null,
  };
}
