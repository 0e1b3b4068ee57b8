import type { RequestHeaders, Transport } from '@inferway/provider-kit';

export interface GroqOptions {
  /** Default: the environment variable `GROQ_API_KEY`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** With or without `/openai/v1`. Default: the environment variable `GROQ_BASE_URL`, else `https://api.groq.com`. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** Fields of Groq's own that the canonical request has no name for; anything else the API takes may be given too. */
export interface GroqProviderOptions {
  /** How reasoning is shown: in `reasoning` (the default here), in the text, or not at all. Not together with `include_reasoning`. */
  readonly reasoning_format?: 'parsed' | 'raw' | 'hidden' | undefined;
  readonly include_reasoning?: boolean | undefined;
  readonly reasoning_effort?: 'none' | 'default' | 'low' | 'medium' | 'high' | undefined;
  /** True: calls of tools that the request does not list are answered and not refused. */
  readonly disable_tool_validation?: boolean | undefined;
  readonly citation_options?: 'enabled' | 'disabled' | undefined;
  readonly documents?: readonly object[] | undefined;
  /** Compound systems: which models and tools they use. */
  readonly compound_custom?: object | undefined;
  readonly search_settings?: object | undefined;
  readonly [field: string]: unknown;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly groq?: GroqProviderOptions | undefined;
  }
}
