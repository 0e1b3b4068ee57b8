import type { RequestOf } from '@inferway/core';
import type { RequestHeaders, Transport } from '@inferway/provider-kit';
import type {
  OpenAIChatDialect,
  OpenAICompletionsDialect,
  OpenAIEmbeddingsDialect,
  OpenAIImagesDialect,
  OpenAISpeechDialect,
  OpenAITranscriptionsDialect,
  RerankDialect,
} from '@inferway/wire';

export interface OpenAICompatibleOptions<Name extends string = string> {
  /** The part before the slash in `provider/model`. */
  readonly name: Name;
  /** Up to and with `/v1`, or whatever the server has before `/chat/completions`. */
  readonly baseUrl: string;
  /** Left out for servers without keys. */
  readonly apiKey?: string | undefined;
  /** Environment variables that hold the key; with them a key is required. */
  readonly env?: readonly string[] | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  /** What the server does differently in chats; a function decides by model and request. */
  readonly dialect?:
    | OpenAIChatDialect
    | ((model: string, request: RequestOf<'chat'>) => OpenAIChatDialect | undefined)
    | undefined;
  readonly completeDialect?: OpenAICompletionsDialect | undefined;
  readonly embedDialect?: OpenAIEmbeddingsDialect | undefined;
  readonly imageDialect?: OpenAIImagesDialect | undefined;
  readonly speechDialect?: OpenAISpeechDialect | undefined;
  readonly transcribeDialect?: OpenAITranscriptionsDialect | undefined;
  readonly rerankDialect?: RerankDialect | undefined;
  /**
   * Tells the server how many milliseconds the call has left, where it has a deadline: `true` for the header `x-inferway-timeout-ms`, which Inferway's gateway
   * reads, or a name of your own. Default false.
   */
  readonly deadlineHeader?: boolean | string | undefined;
  /** Response headers to show in `meta.headers`, names in lower case. */
  readonly keepHeaders?: readonly string[] | undefined;
  readonly transport?: Transport | undefined;
}
