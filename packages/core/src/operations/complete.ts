import type { Usage } from '../usage.js';
import type { FinishReason } from './finish-reason.js';
import type { AnswerHead, AnswerStart, GenerationSettings } from './generation.js';

/** Text in, its continuation out: the older `/v1/completions`, still what base models and code infilling use. */
export interface CompleteRequest extends GenerationSettings {
  readonly prompt: string;
  /** Text that must come after the completion (fill in the middle). */
  readonly suffix?: string | undefined;
  /** Repeat the prompt before the completion. */
  readonly echo?: boolean | undefined;
}

export interface CompleteChoice {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly logprobs?: CompleteLogprobs | undefined;
}

/** Parallel lists, one entry a token, as the format has them. */
export interface CompleteLogprobs {
  readonly tokens: readonly string[];
  readonly tokenLogprobs: readonly (number | null)[];
  readonly topLogprobs?: readonly (Readonly<Record<string, number>> | null)[] | undefined;
  readonly textOffset?: readonly number[] | undefined;
}

export interface CompleteResult extends CompleteChoice, AnswerHead {
  readonly alternatives?: readonly CompleteChoice[] | undefined;
}

export type CompleteEvent =
  | AnswerStart
  | {
      readonly type: 'text-delta';
      readonly text: string;
      readonly logprobs?: CompleteLogprobs | undefined;
      readonly choice?: number | undefined;
    }
  | {
      readonly type: 'finish';
      readonly finishReason: FinishReason;
      readonly choice?: number | undefined;
    }
  | { readonly type: 'end'; readonly usage?: Usage | undefined };

declare module '../operations.js' {
  interface Operations {
    complete: { request: CompleteRequest; result: CompleteResult; event: CompleteEvent };
  }
}
