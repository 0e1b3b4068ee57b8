import type { RequestHeaders, Transport } from '@inferway/provider-kit';

export interface FireworksOptions {
  /** Default: the environment variable `FIREWORKS_API_KEY`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** Which of its protocols chats use: Chat Completions, OpenAI's Responses, or Anthropic's Messages. Default `chat-completions`. */
  readonly api?: 'chat-completions' | 'responses' | 'messages' | undefined;
  /** With or without `/v1`. Default: the environment variable `FIREWORKS_BASE_URL`, else `https://api.fireworks.ai/inference`. */
  readonly baseUrl?: string | undefined;
  /** Of transcriptions. Default: `baseUrl` where that is given, else the addresses of Fireworks' audio models. */
  readonly audioBaseUrl?: string | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** Fields of Fireworks' own that the canonical request has no name for; anything else the API takes may be given too. */
export interface FireworksProviderOptions {
  /** In the call's place, for what is no id: `<model>#<deployment>`. */
  readonly model?: string | undefined;
  /** Requests with different keys share no cached prompt. */
  readonly prompt_cache_isolation_key?: string | undefined;
  /** Tokens of the prompt that may come from the cache; 0 for none. */
  readonly prompt_cache_max_len?: number | undefined;
  /** A word, or a cap in tokens for models whose reasoning can be capped. */
  readonly reasoning_effort?: 'none' | 'low' | 'medium' | 'high' | number | boolean | undefined;
  /** Which earlier reasoning the model sees: none, that since the last user message, or all. */
  readonly reasoning_history?: 'disabled' | 'interleaved' | 'preserved' | undefined;
  readonly context_length_exceeded_behavior?: 'truncate' | 'error' | undefined;
  readonly prompt_truncate_len?: number | undefined;
  /** Streams ask for it by themselves, for the server's times. */
  readonly perf_metrics_in_response?: boolean | undefined;
  readonly prediction?: string | { readonly type: 'content'; readonly content: string } | undefined;
  readonly ignore_eos?: boolean | undefined;
  readonly typical_p?: number | undefined;
  readonly mirostat_target?: number | undefined;
  readonly mirostat_lr?: number | undefined;
  readonly logit_bias?: Readonly<Record<string, number>> | undefined;
  readonly raw_output?: boolean | undefined;
  readonly return_token_ids?: boolean | undefined;
  readonly safe_tokenization?: boolean | undefined;
  /** Ranking: what the documents are for. */
  readonly task?: string | undefined;
  /** Transcriptions. */
  readonly vad_model?: 'silero' | 'whisperx-pyannet' | undefined;
  readonly alignment_model?: 'tdnn_ffn' | 'mms_fa' | 'gentle' | undefined;
  readonly preprocessing?: 'none' | 'dynamic' | 'soft_dynamic' | 'bass_dynamic' | undefined;
  readonly [field: string]: unknown;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly fireworks?: FireworksProviderOptions | undefined;
  }
}
