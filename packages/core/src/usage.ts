import type { JsonValue } from './json.js';

/**
 * Tokens of one answer. Totals include their parts; what the provider did not report is left out, never 0.
 */
export interface Usage {
  /** All input tokens, cached ones included. */
  readonly inputTokens?: number | undefined;
  /** All output tokens, reasoning included. */
  readonly outputTokens?: number | undefined;
  /** Part of the input that was read from the provider's prompt cache. */
  readonly cacheReadTokens?: number | undefined;
  /** Part of the input that was written to the provider's prompt cache, all lifetimes together. */
  readonly cacheWriteTokens?: number | undefined;
  /** Part of `cacheWriteTokens` that was written with a lifetime of one hour (Anthropic prices it apart). */
  readonly cacheWrite1hTokens?: number | undefined;
  /** Part of the output that was reasoning. */
  readonly reasoningTokens?: number | undefined;
  /** Part of the input that was audio. */
  readonly inputAudioTokens?: number | undefined;
  /** Part of the output that was audio. */
  readonly outputAudioTokens?: number | undefined;
  /** Part of the input that was images. */
  readonly inputImageTokens?: number | undefined;
  /** Part of the output that was images. */
  readonly outputImageTokens?: number | undefined;
  /** What is counted otherwise than in tokens, by operations that are. */
  readonly units?: UsageUnits | undefined;
  /** True where the figures are our estimate because the provider gave none. */
  readonly estimated?: boolean | undefined;
  /** What the provider says that it charges, in integer nano-dollars, where it says so. */
  readonly reportedCost?: number | undefined;
  /** The provider's own usage object, as received. */
  readonly raw?: JsonValue | undefined;
}

/** Quantities that providers bill where they do not bill tokens. */
export interface UsageUnits {
  /** Images made. */
  readonly images?: number | undefined;
  /** Seconds of audio heard. */
  readonly inputAudioSeconds?: number | undefined;
  /** Seconds of audio or video made. */
  readonly outputSeconds?: number | undefined;
  /** Characters of text spoken. */
  readonly inputCharacters?: number | undefined;
  /** Seconds for which the model's machine worked. */
  readonly computeSeconds?: number | undefined;
  /** Searches of a rerank, as the provider counts them. */
  readonly searches?: number | undefined;
}
