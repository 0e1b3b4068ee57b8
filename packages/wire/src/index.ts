// The shape of a format
export type {
  ByteDecoder,
  ByteEncoder,
  ClientFormat,
  Decoded,
  DecodedRequest,
  DecodeSource,
  EncodeAs,
  EncodeTarget,
  Format,
  StreamAs,
  StreamDecoder,
  StreamEncoder,
  StreamingFormat,
} from './format.js';

// Bodies
export {
  BytesBody,
  MultipartBody,
  type FormField,
  type FormFile,
  type FormPart,
  type WireBody,
} from './body.js';
export { decodeMultipart, encodeMultipart, type EncodedForm } from './multipart.js';

// How limits stand, in headers
export { anthropicRateLimitHeaders } from './anthropic-messages/rate-limit-headers.js';
export { openaiRateLimitHeaders } from './openai/rate-limit-headers.js';

// Whatever else an API has
export { rawCall } from './raw/raw-call.js';

// Framing
export { JsonLines } from './json-lines.js';
export { SseDecoder } from './sse-decoder.js';
export type { SseMessage } from './sse-message.js';
export { SseParser, type SseParserOptions } from './sse-parser.js';
export { sse } from './sse-writer.js';

// Strict reading of callers' bodies
export { checkBody, Fields, kindOf, refuse } from './checks.js';

// Anthropic Messages
export { anthropicMessages } from './anthropic-messages/anthropic-messages.js';
export { anthropicCountTokens } from './anthropic-messages/count-tokens.js';
export type {
  AnthropicDialect,
  AnthropicEffort,
  AnthropicModelRules,
  AnthropicVersion,
} from './anthropic-messages/dialect.js';

// Chat Completions
export { openaiChat } from './openai-chat/openai-chat.js';
export type { OpenAIChatDialect } from './openai-chat/dialect.js';
export type { ChatSetting } from './openai/chat-setting.js';
export type { OwnFields } from './openai/own-fields.js';

// Responses
export { openaiResponses } from './openai-responses/openai-responses.js';
export { openaiInputTokens } from './openai-responses/input-tokens.js';
export type { OpenAIResponsesDialect } from './openai-responses/dialect.js';

// Completions and embeddings
export { openaiCompletions } from './openai-completions/openai-completions.js';
export type { CompleteSetting, OpenAICompletionsDialect } from './openai-completions/dialect.js';
export { openaiEmbeddings } from './openai-embeddings/openai-embeddings.js';
export type { EmbedSetting, OpenAIEmbeddingsDialect } from './openai-embeddings/dialect.js';

// Text Generation Inference
export { tgiGenerate } from './tgi-generate/tgi-generate.js';
export type { GenerateSetting, TgiGenerateDialect } from './tgi-generate/dialect.js';

// Images, speech, transcriptions, ranking
export { openaiImages } from './openai-images/openai-images.js';
export { openaiImagesPath } from './openai-images/encode-request.js';
export type { ImageFields, ImageSetting, OpenAIImagesDialect } from './openai-images/dialect.js';
export { openaiSpeech } from './openai-speech/openai-speech.js';
export type { OpenAISpeechDialect, SpeechFormat, SpeechSetting } from './openai-speech/dialect.js';
export {
  openaiTranscriptions,
  openaiTranslations,
} from './openai-transcriptions/openai-transcriptions.js';
export { openaiTranscriptionsPath } from './openai-transcriptions/encode-request.js';
export type {
  OpenAITranscriptionsDialect,
  TranscribeSetting,
  TranscriptForm,
} from './openai-transcriptions/dialect.js';
export { rerank } from './rerank/rerank.js';
export type { RerankDialect, RerankSetting } from './rerank/dialect.js';

// Tasks of the Hub
export { decodeTask, type DecodedTask } from './hf-tasks/decode-task.js';
export { encodeTask } from './hf-tasks/encode-task.js';
export { decodeTaskOutput, encodeTaskOutput } from './hf-tasks/task-output.js';
export { fileOf, withFile } from './hf-tasks/inputs.js';
export { HF_TASKS, isHfTask } from './hf-tasks/codecs.js';
export {
  OPERATION_TASKS,
  operationOf,
  type OperationTask,
  type TaskOperation,
} from './hf-tasks/operation-tasks.js';
export type * from './hf-tasks/outputs.js';
export type {
  HfTask,
  HfTaskOutput,
  HfTaskRequest,
  HfTasks,
  TableColumns,
} from './hf-tasks/tasks.js';

// Listings of the Hub and its router
export {
  mergeServing,
  readHubListing,
  readHubModel,
  readPartnerListing,
  type HubModel,
  type MappingEntry,
} from './hf-hub/hub-model.js';
export { readRouterListing } from './hf-hub/router-listing.js';
export { chooseTarget, type KnownPartners, type Target } from './hf-hub/choose-target.js';
export {
  checkRouting,
  isHubToken,
  isPolicy,
  readRouting,
  writeRouting,
  type Routing,
} from './hf-hub/routed-model.js';
