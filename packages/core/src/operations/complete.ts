import type { Usage } from '../usage.js';
import type { FinishReason } from './finish-reason.js';
import type { Passthrough, ProviderOptions } from './provider-options.js';

/** Text in, its continuation out: the older `/v1/completions`, still what base models and code infilling use. */
export interface CompleteRequest {
  readonly prompt: string;
  /** Text that must come after the completion (fill in the middle). */
  readonly suffix?: string | undefined;
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
  /** How many alternatives to report for each token. */
  readonly logprobs?: number | undefined;
  readonly choices?: number | undefined;
  /** Repeat the prompt before the completion. */
  readonly echo?: boolean | undefined;
  readonly user?: string | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
  readonly passthrough?: Passthrough | undefined;
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

export interface CompleteResult extends CompleteChoice {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly created?: number | undefined;
  readonly alternatives?: readonly CompleteChoice[] | undefined;
  readonly passthrough?: Passthrough | undefined;
}

export type CompleteEvent =
  | {
      readonly type: 'start';
      readonly id?: string | undefined;
      readonly model?: string | undefined;
      readonly created?: number | undefined;
      readonly passthrough?: Passthrough | undefined;
    }
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
