import type { CompleteRequest, JsonObject } from '@inferway/core';
import type { ReadTimings } from '../openai/timings.js';

/** A setting that a provider may not take. */
export type CompleteSetting = Exclude<
  keyof CompleteRequest,
  'prompt' | 'providerOptions' | 'passthrough' | 'maxOutputTokens'
>;

/** What providers that speak Completions do differently. */
export interface OpenAICompletionsDialect {
  /** False: `stream_options.include_usage` is not sent. Default true. */
  readonly streamUsage?: boolean | undefined;
  /** Settings that are refused: dropped with a warning. */
  readonly unsupported?: readonly CompleteSetting[] | undefined;
  /** Fields that are sent unless the caller's own say otherwise. */
  readonly defaults?: JsonObject | undefined;
  /** Reads what an answer's body, or a chunk that tells usage, says of the time that the server needed. */
  readonly timings?: ReadTimings | undefined;
}

/** The name of the format. */
export const OPENAI_COMPLETIONS = 'openai-completions';
