import type { Usage } from '../usage.js';
import type { Passthrough, ProviderOptions } from './provider-options.js';

/** What operations that generate text have in common in their requests. */
export interface GenerationSettings {
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
  readonly providerOptions?: ProviderOptions | undefined;
  readonly passthrough?: Passthrough | undefined;
}

/** What stands above an answer, whole or streamed. */
export interface AnswerHead {
  /** The provider's id of the answer. */
  readonly id?: string | undefined;
  /** The model that answered, as the provider names it. */
  readonly model?: string | undefined;
  /** Seconds since the epoch. */
  readonly created?: number | undefined;
  /** Other top-level fields of the answer worth keeping (`system_fingerprint`, `service_tier`), by wire format. */
  readonly passthrough?: Passthrough | undefined;
}

/** The first event of a streamed answer. */
export interface AnswerStart extends AnswerHead {
  readonly type: 'start';
  /** Input tokens, where the provider counts them before it answers. */
  readonly usage?: Usage | undefined;
}
