/** Fields of OpenAI's own that the canonical request has no name for; anything else the API takes may be given too. */
export interface OpenAIProviderOptions {
  /** How much an answer says. */
  readonly verbosity?: 'low' | 'medium' | 'high' | undefined;
  readonly store?: boolean | undefined;
  readonly prediction?: { readonly type: 'content'; readonly content: string } | undefined;
  readonly prompt_cache_retention?: 'in_memory' | '24h' | undefined;
  readonly safety_identifier?: string | undefined;
  readonly logit_bias?: Readonly<Record<string, number>> | undefined;
  readonly modalities?: readonly ('text' | 'audio')[] | undefined;
  readonly audio?: { readonly voice: string; readonly format: string } | undefined;
  readonly web_search_options?: object | undefined;
  readonly [field: string]: unknown;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly openai?: OpenAIProviderOptions | undefined;
  }
}
