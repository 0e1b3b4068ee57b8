import { isJsonObject, type JsonObject, type Warning } from '@inferway/core';
import type { RequestHeaders, Transport } from '@inferway/provider-kit';

/** One of the two APIs that chat. `auto`: for each call the one that serves it best. */
export type OpenAIApi = 'responses' | 'chat-completions' | 'auto';

/** How the provider is set up. */
export interface OpenAIOptions {
  /** Default: the environment variable `OPENAI_API_KEY`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** Whom usage counts for, where the key belongs to several organizations. */
  readonly organization?: string | undefined;
  readonly project?: string | undefined;
  /** Default: the environment variable `OPENAI_BASE_URL`, else `https://api.openai.com/v1`. */
  readonly baseUrl?: string | undefined;
  /** Default `auto`: Responses for models that reason, Chat Completions for others and for what only it can say. Also `providerOptions.openai.api`. */
  readonly api?: OpenAIApi | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** Fields of OpenAI's own that the canonical request has no name for; anything else the API takes may be given too. */
export interface OpenAIProviderOptions {
  /** The API for this call, over the provider's own setting. */
  readonly api?: OpenAIApi | undefined;
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
  /** Responses: what to tell of the reasoning. OpenAI wants a verified organization for that. */
  readonly reasoning?:
    | { readonly summary?: 'auto' | 'concise' | 'detailed' | undefined }
    | undefined;
  readonly previous_response_id?: string | undefined;
  readonly conversation?: string | { readonly id: string } | undefined;
  readonly background?: boolean | undefined;
  readonly include?: readonly string[] | undefined;
  readonly truncation?: 'auto' | 'disabled' | undefined;
  readonly max_tool_calls?: number | undefined;
  readonly [field: string]: unknown;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly openai?: OpenAIProviderOptions | undefined;
  }
}

/** Options that only Chat Completions has. */
export const CHAT_ONLY: readonly string[] = [
  'logit_bias',
  'prediction',
  'modalities',
  'audio',
  'web_search_options',
];

/** Options that only the Responses API has. */
export const RESPONSES_ONLY: readonly string[] = [
  'background',
  'context_management',
  'conversation',
  'include',
  'max_tool_calls',
  'previous_response_id',
  'prompt',
  'reasoning',
  'truncation',
];

type Warn = (warning: Warning) => void;

/** The caller's options as fields of a response's creation: `verbosity` is one of `text` there. */
export function responsesFields(options: JsonObject, warn: Warn): JsonObject {
  const { verbosity, text, ...rest } = without(options, CHAT_ONLY, 'the Responses API', warn);
  if (verbosity === undefined) return text === undefined ? rest : { ...rest, text };
  return { ...rest, text: { verbosity, ...(isJsonObject(text) ? text : {}) } };
}

/** The caller's options as fields of a chat completion. */
export function chatFields(options: JsonObject, warn: Warn): JsonObject {
  const { text, ...rest } = without(options, RESPONSES_ONLY, 'Chat Completions', warn);
  const verbosity = isJsonObject(text) ? text['verbosity'] : undefined;
  return verbosity === undefined ? rest : { verbosity, ...rest };
}

function without(
  options: JsonObject,
  others: readonly string[],
  api: string,
  warn: Warn,
): JsonObject {
  const { api: _api, ...fields } = options;
  const foreign = others.filter((name) => fields[name] !== undefined);
  for (const name of foreign) {
    const setting = `providerOptions.openai.${name}`;
    const message = `"${setting}" was not sent: ${api} does not know it, and the call uses that API.`;
    warn({ type: 'unsupported', setting, message });
  }
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !foreign.includes(name)));
}
