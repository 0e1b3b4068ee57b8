import type { RequestHeaders, Transport } from '@inferway/provider-kit';

export interface TogetherOptions {
  /** Default: the environment variable `TOGETHER_API_KEY`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** Default: the environment variable `TOGETHER_BASE_URL`, else `https://api.together.ai/v1`. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** Fields of Together's own that the canonical request has no name for; anything else the API takes may be given too. */
export interface TogetherProviderOptions {
  /** Given to the model's chat template: `{ clear_thinking: false }` keeps earlier reasoning, `{ thinking: true }` asks for it. */
  readonly chat_template_kwargs?: object | undefined;
  /** `truncate` lowers `max_tokens` to what the context has room for; `error` refuses. */
  readonly context_length_exceeded_behavior?: 'truncate' | 'error' | undefined;
  /** The model that judges the answer before it is sent. */
  readonly safety_model?: string | undefined;
  readonly compliance?: 'hipaa' | undefined;
  readonly echo?: boolean | undefined;
  readonly logit_bias?: Readonly<Record<string, number>> | undefined;
  /** Images. */
  readonly disable_safety_checker?: boolean | undefined;
  readonly image_loras?: readonly { readonly path: string; readonly scale: number }[] | undefined;
  /** Speech: bits per second of an MP3. */
  readonly bit_rate?: number | undefined;
  readonly response_encoding?: 'pcm_f32le' | 'pcm_s16le' | 'pcm_mulaw' | 'pcm_alaw' | undefined;
  readonly [field: string]: unknown;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly together?: TogetherProviderOptions | undefined;
  }
}
