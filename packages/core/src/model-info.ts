import type { TokenPrices } from './price.js';

/** What a provider says of one model. What it does not say is left out. */
export interface ModelInfo {
  /** The id as a call writes it after the provider's name. */
  readonly id: string;
  readonly provider: string;
  readonly ownedBy?: string | undefined;
  /** Seconds since the epoch. */
  readonly created?: number | undefined;
  readonly contextLength?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  /** What it can be called for, as far as that is told. */
  readonly operations?: readonly string[] | undefined;
  readonly prices?: TokenPrices | undefined;
  readonly free?: boolean | undefined;
  readonly inputModalities?: readonly string[] | undefined;
  readonly outputModalities?: readonly string[] | undefined;
  readonly tools?: boolean | undefined;
  readonly structuredOutput?: boolean | undefined;
  readonly reasoning?: boolean | undefined;
  /** Will be, or was, taken out of service. */
  readonly deprecated?: boolean | undefined;
  /** Measured by the provider or router, in milliseconds. */
  readonly ttftMs?: number | undefined;
  /** Measured output tokens per second. */
  readonly tokensPerSecond?: number | undefined;
  /** Behind a router: who serves the model, each with its own figures. */
  readonly servedBy?: readonly ServingProvider[] | undefined;
}

/** One provider behind a router that serves a model. */
export interface ServingProvider {
  readonly provider: string;
  readonly status: 'live' | 'error' | 'staging';
  /** The model's id at that provider, where it differs. */
  readonly providerModelId?: string | undefined;
  readonly contextLength?: number | undefined;
  readonly prices?: TokenPrices | undefined;
  readonly free?: boolean | undefined;
  readonly tools?: boolean | undefined;
  readonly structuredOutput?: boolean | undefined;
  readonly ttftMs?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
}
