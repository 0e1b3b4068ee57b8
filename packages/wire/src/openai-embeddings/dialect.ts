import type { EmbedRequest } from '@inferway/core';

/** A setting that a provider may not take. */
export type EmbedSetting = Exclude<keyof EmbedRequest, 'input' | 'providerOptions' | 'passthrough'>;

/** What providers that speak Embeddings do differently. */
export interface OpenAIEmbeddingsDialect {
  /** Settings that are refused: dropped with a warning. `encoding` alone is done here, since answers are understood in either. */
  readonly unsupported?: readonly EmbedSetting[] | undefined;
}

/** The name of the format. */
export const OPENAI_EMBEDDINGS = 'openai-embeddings';
