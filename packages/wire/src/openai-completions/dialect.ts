import type { CompleteRequest } from '@inferway/core';

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
}

/** The name of the format. */
export const OPENAI_COMPLETIONS = 'openai-completions';
