import type { Message } from './messages.js';
import type { OutputFormat } from './output.js';
import type { Passthrough, ProviderOptions } from './provider-options.js';
import type { ReasoningSettings } from './reasoning.js';
import type { Tool, ToolChoice } from './tools.js';

/** A chat request as it travels in the chain. */
export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[] | undefined;
  readonly toolChoice?: ToolChoice | undefined;
  /** False: at most one tool call an answer. */
  readonly parallelToolCalls?: boolean | undefined;
  readonly output?: OutputFormat | undefined;
  readonly reasoning?: ReasoningSettings | undefined;
  /** Reasoning included. */
  readonly maxOutputTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly repetitionPenalty?: number | undefined;
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  /** How many alternatives to report for each token; 0 for only the chosen one's log probability. */
  readonly logprobs?: number | undefined;
  /** How many answers; 1 by default. All but the first are in `alternatives`. */
  readonly choices?: number | undefined;
  /** The application's end user, opaque. */
  readonly user?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly serviceTier?: string | undefined;
  /** Requests with the same key and prefix share a prompt cache, where the provider has such keys. */
  readonly promptCacheKey?: string | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
  readonly passthrough?: Passthrough | undefined;
}
