// The contract
export * from './operations.js';
export type { Call, CallOf } from './call.js';
export type {
  AnyReply,
  CachedMeta,
  Reply,
  ReplyMeta,
  StreamReply,
  Timings,
  UnaryReply,
} from './reply.js';
export type { Provider, ProviderBase, ProviderOf } from './provider.js';
export type { ModelInfo, ServingProvider } from './model-info.js';
export { on, type Middleware, type Next } from './middleware.js';
export { formatModel, parseModel, type Model } from './model.js';
export { State, stateKey, type StateKey } from './state.js';
export type { Runtime } from './runtime.js';
export { Credential } from './credential.js';
export { checkSecret } from './check-secret.js';
export { joinProgress, type Progress } from './progress.js';
export { ERROR_CODES, type ErrorCode } from './error-code.js';
export { InferwayError, type ErrorDetails, type TimeoutPhase } from './error.js';
export { illShaped, readShape } from './ill-shaped.js';
export type { Usage, UsageUnits } from './usage.js';
export type { Warning } from './warning.js';
export type { LimitWindow, RateLimitSnapshot } from './rate-limit.js';
export { isJsonObject, type JsonObject, type JsonValue } from './json.js';

// Money
export {
  formatUsd,
  sumCosts,
  usd,
  type Cost,
  type KnownCost,
  type NanoUsd,
  type UnknownCost,
} from './money.js';
export { priceUsage, type PriceBook, type TokenPrices } from './price.js';
export type { UnitPrices } from './unit-prices.js';

// The chain
export { createClient } from './client.js';
export type {
  CallOptions,
  ClientInput,
  ModelName,
  RoutedName,
  SupportedBy,
} from './client-input.js';
export type {
  Answer,
  Client,
  ClientBase,
  ClientMethod,
  ClientOptions,
  ModelListing,
  SendOptions,
} from './client-types.js';
export { ReplyStream } from './reply-stream.js';
export { TextStream } from './text-stream.js';
export { pipeline } from './pipeline.js';
export { Events, type EventSource } from './events.js';
export { observe } from './observe.js';
export { transformed, type EventTransform } from './transform.js';
export type { Observer, Outcome } from './outcome.js';
export { primed } from './primed.js';
export { eventsOf, replay, type Recording } from './replay.js';
export {
  isContentByDefault,
  type Ending,
  type Fold,
  type OperationTraits,
  type Prepared,
} from './traits.js';

// For middleware and transports
export { aroundForks, type ForkLayer } from './around-forks.js';
export { observeAttempts, type AttemptObserver, type BeginAttempt } from './attempt-observer.js';
export { aroundAttempts, type AttemptLayer } from './attempt-layer.js';
export { cacheResult } from './cache-result.js';
export { costStateOf, type CostState } from './cost-state.js';
export { caller, callerOf, type Caller } from './caller.js';
export { callerStanding, type Standing, type StandingListener } from './caller-standing.js';
export { attemptIdOf, callId, callIdOf } from './call-id.js';
export {
  isHeard,
  listen,
  tell,
  type ChainEvent,
  type ChainEvents,
  type ChainListener,
} from './chain-events.js';
export {
  afterAttempts,
  attemptBudget,
  AttemptBudget,
  DEFAULT_ATTEMPTS,
  type Attempt,
} from './attempts.js';
export { AttemptClaim } from './attempt-claim.js';
export { deadlineOf, remainingMs, setDeadline, withDeadline } from './deadline.js';
export { isRefusal, noteRefusal, panicTarget, takePanic, type RefusedTarget } from './panic.js';
export { sleep, systemClock, type Clock } from './clock.js';
export {
  abortReason,
  linkedController,
  listenTo,
  unlisten,
  type AbortListener,
  type LinkedController,
} from './signal.js';

// Chat
export type * from './operations/chat.js';
export { takenBack, type Resumed } from './operations/resumed.js';
export type * from './operations/chat-request.js';
export type * from './operations/generation.js';
export type * from './operations/reasoning.js';
export type * from './operations/chat-input.js';
export type * from './operations/messages.js';
export type * from './operations/parts.js';
export type * from './operations/tools.js';
export type { OutputFormat } from './operations/output.js';
export type { FinishReason } from './operations/finish-reason.js';
export type { TokenLogprob } from './operations/logprobs.js';
export type { Passthrough, ProviderOptions } from './operations/provider-options.js';
export type { StandardResult, StandardSchema } from './operations/standard-schema.js';
export { foldChat } from './operations/chat-fold.js';
export { unfoldChat } from './operations/chat-unfold.js';
export { chatTraits } from './operations/chat-traits.js';
export { messageText, messageToolCalls } from './operations/message-text.js';

// Completions and embeddings
export type * from './operations/complete.js';
export { completeTraits } from './operations/complete-traits.js';
export type * from './operations/embed.js';

// Files
export type { FileBytes, FileData, FileInput, FileUrl } from './files/file-data.js';
export { readFile } from './files/read-file.js';
export { fileBase64, fileBytes } from './files/file-bytes.js';
export { audioBytes, audioStream } from './files/audio-stream.js';
export { sniffMediaType, UNKNOWN_MEDIA_TYPE } from './files/media-type.js';

// Images, speech, transcription, ranking, counting, and everything else. Their traits come with the formats that speak them
export type * from './operations/image.js';
export { imageTraits } from './operations/image-traits.js';
export type * from './operations/speech.js';
export { speechTraits } from './operations/speech-traits.js';
export type * from './operations/transcribe.js';
export { transcribeTraits } from './operations/transcribe-traits.js';
export type * from './operations/rerank.js';
export type * from './operations/count-tokens.js';
export { countTokensTraits } from './operations/count-tokens-traits.js';
export type * from './operations/raw.js';
export { rawTraits } from './operations/raw-traits.js';

// Batches
export type * from './batch/batch-types.js';
export type {
  BatchAnswer,
  BatchId,
  BatchInput,
  BatchItemInput,
  BatchOptions,
  BatchOutcomes,
  BatchSettings,
  ClientBatches,
  ClientBatchJob,
  ClientBatchOutcome,
  WaitOptions,
} from './batch/client-batch-types.js';
export type { BatchLog, BatchRecord, BatchStore } from './batch/batch-store.js';
