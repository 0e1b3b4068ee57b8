import type { RerankRequest } from '@inferway/core';
import type { SettingsDialect } from '../openai/settings.js';

/** A setting that a provider may not take. What can be done here without the provider (`topN`, `returnDocuments`) is done without a warning. */
export type RerankSetting = Exclude<
  keyof RerankRequest,
  'query' | 'documents' | 'providerOptions' | 'passthrough'
>;

/** What providers that rank documents do differently. `fields` renames what is one field. */
export interface RerankDialect extends SettingsDialect<RerankSetting> {
  /**
   * `documents` in the manner of Cohere, Jina and most others, or `texts` in that of Text Embeddings Inference, which answers with a bare list.
   * Default `documents`.
   */
  readonly shape?: 'documents' | 'texts' | undefined;
  /** How document objects travel: as they are, or as one text of their `rankFields`. Default `objects`; with the shape `texts` always texts. */
  readonly documents?: 'objects' | 'texts' | undefined;
}

/** The name of the format. */
export const RERANK = 'rerank';
