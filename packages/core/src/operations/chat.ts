import type { FinishReason } from './finish-reason.js';
import type { AnswerHead, AnswerStart } from './generation.js';
import type { TokenLogprob } from './logprobs.js';
import type { AssistantMessage } from './messages.js';
import type { AssistantPart, Citation, ToolCallPart } from './parts.js';
import type { Passthrough } from './provider-options.js';
import type { Resumed } from './resumed.js';
import type { JsonObject } from '../json.js';
import type { Usage } from '../usage.js';
import type { ChatInput } from './chat-input.js';
import type { ChatRequest } from './chat-request.js';

/** One answer of possibly several. */
export interface ChatChoice {
  /** Ready to be sent back as input. */
  readonly message: AssistantMessage & { readonly content: readonly AssistantPart[] };
  readonly finishReason: FinishReason;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

export interface ChatResult extends ChatChoice, AnswerHead {
  /** Answers 2 and up, where `choices` asked for them. */
  readonly alternatives?: readonly ChatChoice[] | undefined;
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
 * of one choice from 0 in order. `choice` is absent for the first choice. `finish` comes once a choice; `end` once, last. `resumed` comes only
 * where the application lets broken answers go on.
 */
export type ChatEvent =
  | AnswerStart
  | Resumed
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
