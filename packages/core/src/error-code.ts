/**
 * Every way a call can fail. The set is closed: callers may switch on it without a default.
 * `retryable` means that the same target may succeed later; `fallbackable` that another target or credential may.
 * Why each is so: docs/decisions and the table of error classes in the design references.
 */
export const ERROR_CODES = {
  /** The request is wrong (400, 422). `param` names the field where known. */
  invalid_request: { retryable: false, fallbackable: false, status: 400 },
  /** The request is more than the model's context window holds. */
  context_length: { retryable: false, fallbackable: false, status: 400 },
  /** Refused by a content policy before an answer began. */
  content_filter: { retryable: false, fallbackable: false, status: 400 },
  /** The provider or client has no such operation or feature. */
  unsupported: { retryable: false, fallbackable: true, status: 400 },
  /** No credential, or one that was refused (401). */
  authentication: { retryable: false, fallbackable: true, status: 401 },
  /** Credit, quota or spend limit exhausted (402, 429 insufficient_quota). */
  billing: { retryable: false, fallbackable: true, status: 402 },
  /** The credential may not do this (403). */
  permission: { retryable: false, fallbackable: true, status: 403 },
  /** No such model or resource (404, model_not_supported). */
  not_found: { retryable: false, fallbackable: false, status: 404 },
  /** The same resource is being changed elsewhere (409). */
  conflict: { retryable: true, fallbackable: false, status: 409 },
  /** Body or answer larger than a limit (413, our own caps). */
  too_large: { retryable: false, fallbackable: false, status: 413 },
  /** Too many requests or tokens for now (429). */
  rate_limit: { retryable: true, fallbackable: true, status: 429 },
  /** A limit or budget of the caller's own, denied before anything was sent. */
  budget: { retryable: false, fallbackable: false, status: 402 },
  /** The model wrote a tool call that the provider could not parse. */
  tool_use_failed: { retryable: true, fallbackable: true, status: 400 },
  /** The provider has no capacity now (503, 529, loading). */
  overloaded: { retryable: true, fallbackable: true, status: 503 },
  /** The provider failed (500, 502 and the like). */
  server: { retryable: true, fallbackable: true, status: 502 },
  /** One of the timers ran out; `phase` says which. */
  timeout: { retryable: true, fallbackable: true, status: 504 },
  /** No connection, or one lost; `sent` says whether the provider may have executed the call. */
  connection: { retryable: true, fallbackable: true, status: 502 },
  /** The answer is not of the provider's protocol (HTML, malformed JSON). */
  protocol: { retryable: true, fallbackable: true, status: 502 },
  /** A success without any answer in it. */
  empty_response: { retryable: true, fallbackable: true, status: 502 },
  /** The stream ended without its protocol's terminal signal. */
  stream_interrupted: { retryable: true, fallbackable: true, status: 502 },
  /** The caller cancelled. */
  aborted: { retryable: false, fallbackable: false, status: 499 },
  /** The client or gateway is set up wrongly (missing key, unknown provider, bad option). */
  configuration: { retryable: false, fallbackable: false, status: 500 },
  /** Inferway broke its own contract: please report it. */
  internal: { retryable: false, fallbackable: false, status: 500 },
} as const;

/** One of the closed set of failures. */
export type ErrorCode = keyof typeof ERROR_CODES;
