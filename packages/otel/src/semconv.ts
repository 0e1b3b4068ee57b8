/**
 * Names of the OpenTelemetry conventions for generative AI, as tagged in semantic-conventions 1.41.1 (2026-05), and our own under `inferway.`.
 * Copied because all of `gen_ai.*` is still in development, and OpenTelemetry JS advises libraries to copy such names.
 */
export const OPERATION_NAME = 'gen_ai.operation.name';
export const PROVIDER_NAME = 'gen_ai.provider.name';
export const OUTPUT_TYPE = 'gen_ai.output.type';

export const REQUEST_MODEL = 'gen_ai.request.model';
export const REQUEST_STREAM = 'gen_ai.request.stream';
export const REQUEST_CHOICE_COUNT = 'gen_ai.request.choice.count';
export const REQUEST_SEED = 'gen_ai.request.seed';
export const REQUEST_TEMPERATURE = 'gen_ai.request.temperature';
export const REQUEST_TOP_P = 'gen_ai.request.top_p';
export const REQUEST_TOP_K = 'gen_ai.request.top_k';
export const REQUEST_FREQUENCY_PENALTY = 'gen_ai.request.frequency_penalty';
export const REQUEST_PRESENCE_PENALTY = 'gen_ai.request.presence_penalty';
export const REQUEST_MAX_TOKENS = 'gen_ai.request.max_tokens';
export const REQUEST_STOP_SEQUENCES = 'gen_ai.request.stop_sequences';
export const REQUEST_ENCODING_FORMATS = 'gen_ai.request.encoding_formats';
export const REQUEST_REASONING_LEVEL = 'gen_ai.request.reasoning.level';
export const EMBEDDINGS_DIMENSION_COUNT = 'gen_ai.embeddings.dimension.count';

export const RESPONSE_ID = 'gen_ai.response.id';
export const RESPONSE_MODEL = 'gen_ai.response.model';
export const RESPONSE_FINISH_REASONS = 'gen_ai.response.finish_reasons';
export const RESPONSE_TIME_TO_FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';

export const USAGE_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
export const USAGE_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
export const USAGE_CACHE_READ = 'gen_ai.usage.cache_read.input_tokens';
export const USAGE_REASONING = 'gen_ai.usage.reasoning.output_tokens';

export const INPUT_MESSAGES = 'gen_ai.input.messages';
export const OUTPUT_MESSAGES = 'gen_ai.output.messages';
export const TOOL_DEFINITIONS = 'gen_ai.tool.definitions';
export const TOKEN_TYPE = 'gen_ai.token.type';
export const TOKEN_MODALITY = 'gen_ai.token.modality';

export const ERROR_TYPE = 'error.type';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';
export const HTTP_STATUS = 'http.response.status_code';

/** A label whose true value would make the set of labels grow without end. */
export const OTHER = '_OTHER';

export const PIPELINE_SPAN = 'inferway.pipeline';
export const ATTEMPT_SPAN = 'inferway.attempt';

/** What the caller asked for, `provider/model`, before any fallback. */
export const REQUEST_ALIAS = 'inferway.request.alias';
export const CACHE_RESULT = 'inferway.cache.result';
export const FALLBACK_COUNT = 'inferway.fallback.count';
export const FALLBACK_INDEX = 'inferway.fallback.index';
export const FALLBACK_FROM = 'inferway.fallback.from';
export const SERVED_BY = 'inferway.served_by';
export const COST_TOTAL = 'inferway.cost.total';
export const COST_CURRENCY = 'inferway.cost.currency';
export const COST_SOURCE = 'inferway.cost.source';
export const USAGE_ESTIMATED = 'inferway.usage.estimated';
/** `cancelled`: the caller left; `abandoned`: a stream was dropped unread. Absent on spans that ended by themselves. */
export const OUTCOME = 'inferway.outcome';
export const ATTEMPT_NUMBER = 'inferway.attempt.number';
export const ATTEMPT_CREDENTIAL = 'inferway.attempt.credential';
export const ATTEMPT_INPUT_TOKENS = 'inferway.attempt.usage.input_tokens';
export const ATTEMPT_OUTPUT_TOKENS = 'inferway.attempt.usage.output_tokens';
/** Milliseconds between the end of the last attempt at this target and this one. */
export const RETRY_DELAY_MS = 'inferway.retry.delay_ms';

const OPERATION_NAMES: Readonly<Record<string, string>> = {
  complete: 'text_completion',
  embed: 'embeddings',
};

/** The conventions' name for an operation; operations that they do not know keep their own. */
export function operationName(operation: string): string {
  return OPERATION_NAMES[operation] ?? operation;
}
