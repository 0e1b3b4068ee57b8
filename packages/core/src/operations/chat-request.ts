import type { GenerationSettings } from './generation.js';
import type { Message } from './messages.js';
import type { OutputFormat } from './output.js';
import type { ReasoningSettings } from './reasoning.js';
import type { Tool, ToolChoice } from './tools.js';

/** A chat request as it travels in the chain. */
export interface ChatRequest extends GenerationSettings {
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[] | undefined;
  readonly toolChoice?: ToolChoice | undefined;
  /** False: at most one tool call an answer. */
  readonly parallelToolCalls?: boolean | undefined;
  readonly output?: OutputFormat | undefined;
  readonly reasoning?: ReasoningSettings | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly serviceTier?: string | undefined;
  /** Requests with the same key and prefix share a prompt cache, where the provider has such keys. */
  readonly promptCacheKey?: string | undefined;
}
