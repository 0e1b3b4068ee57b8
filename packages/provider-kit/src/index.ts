// Providers from profiles
export { defineProvider } from './provider/define-provider.js';
export {
  endpoint,
  type Endpoint,
  type EndpointChoice,
  type Endpoints,
} from './provider/endpoint.js';
export type { BaseUrlSettings } from './provider/base-url.js';
export type { Identity, KeySettings } from './provider/identity.js';
export type { ModelListingSettings, Profile } from './provider/profile.js';
export { encodeModelId } from './provider/request-path.js';

// For protocols of several exchanges, files and batches
export { connect, type Connection } from './provider/connection.js';
export { DEADLINE_HEADER } from './provider/deadline-header.js';
export type { SessionContext } from './provider/session-context.js';
export type { Session } from './provider/session.js';
export type { SessionRequest } from './provider/session-request.js';
export { streamEvents } from './provider/stream-reply.js';
export { pick } from './provider/pick.js';
export { poll, type PollSettings } from './provider/poll.js';
export { fetchFile } from './provider/fetch-file.js';
export { rawEndpoint } from './provider/raw-endpoint.js';
export { runJob, type JobShape } from './provider/run-job.js';
export { ofTakenWork } from './provider/taken-work.js';
export { whileStarting, type StartingSettings } from './provider/while-starting.js';
export { ExpiringMap } from './expiring-map.js';

// Transports
export type { Transport, TransportLimits } from './transport/transport.js';
export type { HttpRequest, RequestHeaders } from './transport/http-request.js';
export type { BodySink, HttpResponse } from './transport/http-response.js';
export { headerValue, type HeaderRecord } from './transport/header-record.js';
export { undiciTransport, type UndiciTransportOptions } from './transport/undici-transport.js';
export { fetchTransport, type FetchTransportOptions } from './transport/fetch-transport.js';

// Errors
export {
  classifyError,
  type ErrorRefinement,
  type ErrorRefinementResult,
  type ErrorSource,
} from './errors/classify-error.js';
export { readErrorBody, type ErrorBody } from './errors/error-body.js';
export { redact } from './errors/redact.js';
export { retryAfter } from './errors/retry-after.js';

// Rate limits
export { headerCount, limitWindow, type RateLimitParser } from './rate-limit/rate-limit-parser.js';
export { headerRateLimit, type LimitHeaders } from './rate-limit/header-rate-limit.js';
export { openaiRateLimit } from './rate-limit/openai-rate-limit.js';
export { firstRateLimit, proxyRateLimit } from './rate-limit/first-rate-limit.js';
export { ietfRateLimit } from './rate-limit/ietf-rate-limit.js';
export { durationMs } from './rate-limit/duration.js';

// Model listings
export { describedListing, openaiModelListing } from './listings/openai-model-listing.js';

// Webhooks
export {
  verifyStandardWebhook,
  type VerifiedWebhook,
  type WebhookDelivery,
} from './webhooks/standard-webhook.js';

// Files and batches
export { defineFileProvider } from './files/define-file-provider.js';
export {
  providerFiles,
  uploadFile,
  type FileCallOptions,
  type FileListOptions,
  type ProviderFiles,
  type UploadOptions,
} from './files/provider-files.js';
export type { FileSettings } from './files/file-settings.js';
export type { ProviderFile } from './files/provider-file.js';
export { fileBatches } from './batch/file-batches.js';
export { OutcomeLines } from './batch/outcome-lines.js';
export type { FileBatchSettings } from './batch/batch-settings.js';
