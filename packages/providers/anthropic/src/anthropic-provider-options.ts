/** Fields of Anthropic's own that the canonical request has no name for; anything else the API takes may be given too. */
export interface AnthropicProviderOptions {
  readonly thinking?: object | undefined;
  readonly output_config?: object | undefined;
  /** Marks the last cacheable block of the whole request. */
  readonly cache_control?: { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' } | undefined;
  readonly container?: string | object | undefined;
  readonly context_management?: object | undefined;
  readonly mcp_servers?: readonly object[] | undefined;
  readonly inference_geo?: string | undefined;
  readonly speed?: 'standard' | 'fast' | undefined;
  readonly [field: string]: unknown;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly anthropic?: AnthropicProviderOptions | undefined;
  }
}
