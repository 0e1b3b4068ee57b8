import type { RequestHeaders, Transport } from '@inferway/provider-kit';

export interface TgiOptions {
  /** For servers behind a gateway that asks for one, such as a dedicated endpoint. Default: the environment variable `TGI_API_KEY`, else none. */
  readonly apiKey?: string | undefined;
  /** With or without `/v1`. Default: the environment variable `TGI_BASE_URL`, else `http://localhost:8080`. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** Parameters of TGI's own that the canonical request has no name for; anything else the server takes may be given too. */
export interface TgiProviderOptions {
  /** The LoRA adapter that answers; the base model where it is left out. */
  readonly adapter_id?: string | undefined;
  /** Completions only, as all below: chats have `response_format` and their own template. */
  readonly grammar?: TgiGrammar | undefined;
  readonly typical_p?: number | undefined;
  readonly watermark?: boolean | undefined;
  /** Cuts the prompt to its last so many tokens. */
  readonly truncate?: number | undefined;
  /** The prompt's tokens, in the result's `passthrough`. Not in streams. */
  readonly decoder_input_details?: boolean | undefined;
  readonly do_sample?: boolean | undefined;
  readonly best_of?: number | undefined;
  /** Chats only: what the server says to the model of its tools. */
  readonly tool_prompt?: string | undefined;
  readonly [field: string]: unknown;
}

/** What a completion must be: JSON of a schema, or text that a regular expression matches. */
export type TgiGrammar =
  | { readonly type: 'json'; readonly value: object }
  | { readonly type: 'regex'; readonly value: string };

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly tgi?: TgiProviderOptions | undefined;
  }
}
