import type { ClientFormat } from '../format.js';
import { decodeResponse } from './decode-response.js';
import { RERANK, type RerankDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';

/** Ranking of documents in the manner of Cohere and Jina (`POST /rerank`), and of Text Embeddings Inference. */
export const rerank: ClientFormat<'rerank', RerankDialect> = {
  name: RERANK,
  operation: 'rerank',
  encodeRequest,
  decodeResponse,
};
