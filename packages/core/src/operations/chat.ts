import type { FinishReason } from './finish-reason.js';
import type { TokenLogprob } from './logprobs.js';
import type { AssistantMessage, Message } from './messages.js';
import type { OutputFormat } from './output.js';
import type { AssistantPart, Citation, ToolCallPart } from './parts.js';
import type { Passthrough, ProviderOptions } from './provider-options.js';
import type { Tool, ToolChoice } from './tools.js';
import type { JsonObject } from '../json.js';
import type { Usage } from '../usage.js';
import type { ChatInput } from './chat-input.js';

/** How hard a model thinks before it answers; providers get the nearest that they know. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** One portable setting: an effort, a cap in tokens, or both. */
export interface ReasoningSettings {
  readonly effort?: ReasoningEffort | undefined;
  readonly maxTokens?: number | undefined;
}

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

/** One answer of possibly several. */
export interface ChatChoice {
  /** Ready to be sent back as input. */
  readonly message: AssistantMessage & { readonly content: readonly AssistantPart[] };
  readonly finishReason: FinishReason;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

export interface ChatResult extends ChatChoice {
  /** The provider's id of the answer. */
  readonly id?: string | undefined;
  /** The model that answered, as the provider names it. */
  readonly model?: string | undefined;
  /** Seconds since the epoch. */
  readonly created?: number | undefined;
  /** Answers 2 and up, where `choices` asked for them. */
  readonly alternatives?: readonly ChatChoice[] | undefined;
  /** Other top-level fields of the answer worth keeping (`system_fingerprint`, `service_tier`), by wire format. */
  readonly passthrough?: Passthrough | undefined;
}

/** What the client adds to a `ChatResult`, so that the common case needs no loop over parts. */
export interface ChatAnswer {
  /** All text parts of the first choice, joined. */
  readonly text: string;
  /** The tool calls of the first choice, in order. */
  readonly toolCalls: readonly ToolCallPart[];
}

/**
 * Events of a streamed answer. A part is opened by `part-start`, grows by deltas and is closed by `part-end`; `index` numbers the parts
 * of one choice from 0 in order. `choice` is absent for the first choice. `finish` comes once a choice; `end` once, last.
 */
export type ChatEvent =
  | {
      readonly type: 'start';
      readonly id?: string | undefined;
      readonly model?: string | undefined;
      readonly created?: number | undefined;
      readonly passthrough?: Passthrough | undefined;
    }
  | {
      readonly type: 'part-start';
      readonly index: number;
      readonly part: PartStart;
      readonly choice?: number | undefined;
    }
  | TextDelta
  | {
      readonly type: 'reasoning-delta';
      readonly index: number;
      readonly text: string;
      readonly choice?: number | undefined;
    }
  | {
      readonly type: 'tool-call-delta';
      readonly index: number;
      /** The next piece of the arguments' JSON text. */
      readonly arguments: string;
      readonly choice?: number | undefined;
    }
  | {
      readonly type: 'citation';
      readonly index: number;
      readonly citation: Citation;
      readonly choice?: number | undefined;
    }
  | {
      readonly type: 'part-end';
      readonly index: number;
      /** What is known only at the part's end: its signature, or the rest of a provider's own part. */
      readonly opaque?: AssistantPart['opaque'];
      readonly value?: JsonObject | undefined;
      readonly choice?: number | undefined;
    }
  | {
      readonly type: 'finish';
      readonly finishReason: FinishReason;
      readonly choice?: number | undefined;
    }
  | {
      readonly type: 'end';
      readonly usage?: Usage | undefined;
      readonly passthrough?: Passthrough | undefined;
    };

/** The next piece of a text or refusal part. */
export interface TextDelta {
  readonly type: 'text-delta';
  readonly index: number;
  readonly text: string;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  readonly choice?: number | undefined;
}

/** A part as it is when it opens: deltas are appended to its `text`, `arguments` or citations. */
export type PartStart = AssistantPart;

declare module '../operations.js' {
  interface Operations {
    chat: {
      request: ChatRequest;
      result: ChatResult;
      event: ChatEvent;
      input: ChatInput;
      answer: ChatAnswer;
    };
  }
}
