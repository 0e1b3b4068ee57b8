import type { JsonObject } from '../json.js';
import type { Passthrough, ProviderOptions } from './provider-options.js';

/** Documents in, their order by relevance to a query out. */
export interface RerankRequest {
  readonly query: string;
  /** Texts, or objects of which `rankFields` are read. */
  readonly documents: readonly (string | JsonObject)[];
  /** Only the best so many. Default: all. */
  readonly topN?: number | undefined;
  /** Members of document objects to rank by, where the provider has such a setting. */
  readonly rankFields?: readonly string[] | undefined;
  /** Each result with its document. */
  readonly returnDocuments?: boolean | undefined;
  readonly maxTokensPerDocument?: number | undefined;
  readonly user?: string | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
  readonly passthrough?: Passthrough | undefined;
}

export interface RankedDocument {
  /** In `documents` of the request. */
  readonly index: number;
  /** Higher is more relevant; scales differ by model. */
  readonly score: number;
  readonly document?: string | JsonObject | undefined;
}

export interface RerankResult {
  /** The most relevant first. */
  readonly results: readonly RankedDocument[];
  readonly id?: string | undefined;
  readonly model?: string | undefined;
}

declare module '../operations.js' {
  interface Operations {
    rerank: { request: RerankRequest; result: RerankResult; event: never };
  }
}
