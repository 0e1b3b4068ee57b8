import type { RequestHeaders, Transport } from '@inferway/provider-kit';

export interface VllmOptions {
  /** What the server was started with as `--api-key`. Default: the environment variable `VLLM_API_KEY`, else none. */
  readonly apiKey?: string | undefined;
  /** Which of its protocols chats use: Chat Completions, OpenAI's Responses, or Anthropic's Messages. Default `chat-completions`. */
  readonly api?: 'chat-completions' | 'responses' | 'messages' | undefined;
  /** With or without `/v1`. Default: the environment variable `VLLM_BASE_URL`, else `http://localhost:8000`. */
  readonly baseUrl?: string | undefined;
  /**
   * For servers without `--reasoning-parser`, whose reasoning stands in the text: `tags` where the model writes both of `<think>` and
   * `</think>`, `closing` where the chat template writes the first.
   */
  readonly thinkTags?: 'tags' | 'closing' | undefined;
  /** Asks for the times of each request, from servers with `--enable-per-request-metrics`. Default false. */
  readonly metrics?: boolean | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  /**
   * Tells the server how many milliseconds the call has left, where it has a deadline: `true` for the header `x-inferway-timeout-ms`, which Inferway's gateway
   * reads, or a name of your own. Default false.
   */
  readonly deadlineHeader?: boolean | string | undefined;
  readonly transport?: Transport | undefined;
}

/** Fields of vLLM's own that the canonical request has no name for (its `extra_body`); anything else the server takes may be given too. */
export interface VllmProviderOptions {
  readonly chat_template?: string | undefined;
  readonly chat_template_kwargs?: Readonly<Record<string, unknown>> | undefined;
  /** One of the constraints; `guided_…` is what older servers call them. */
  readonly structured_outputs?: VllmStructuredOutputs | undefined;
  readonly guided_json?: object | string | undefined;
  readonly guided_regex?: string | undefined;
  readonly guided_choice?: readonly string[] | undefined;
  readonly guided_grammar?: string | undefined;
  /** Lower is earlier. Servers without priority scheduling refuse any but 0. */
  readonly priority?: number | undefined;
  readonly include_reasoning?: boolean | undefined;
  readonly thinking_token_budget?: number | undefined;
  /** Log probabilities of the prompt, in the result's `passthrough`. */
  readonly prompt_logprobs?: number | undefined;
  readonly min_tokens?: number | undefined;
  readonly stop_token_ids?: readonly number[] | undefined;
  readonly bad_words?: readonly string[] | undefined;
  readonly ignore_eos?: boolean | undefined;
  readonly include_stop_str_in_output?: boolean | undefined;
  readonly skip_special_tokens?: boolean | undefined;
  readonly truncate_prompt_tokens?: number | undefined;
  readonly add_generation_prompt?: boolean | undefined;
  readonly continue_final_message?: boolean | undefined;
  readonly documents?: readonly Readonly<Record<string, string>>[] | undefined;
  readonly mm_processor_kwargs?: object | undefined;
  /** Prompts with different salts share no cache. */
  readonly cache_salt?: string | undefined;
  readonly return_token_ids?: boolean | undefined;
  readonly kv_transfer_params?: object | undefined;
  readonly request_id?: string | undefined;
  readonly vllm_xargs?: Readonly<Record<string, unknown>> | undefined;
  readonly [field: string]: unknown;
}

export interface VllmStructuredOutputs {
  readonly json?: object | string | undefined;
  readonly regex?: string | undefined;
  readonly choice?: readonly string[] | undefined;
  readonly grammar?: string | undefined;
  readonly structural_tag?: string | undefined;
  readonly whitespace_pattern?: string | undefined;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly vllm?: VllmProviderOptions | undefined;
  }
}
