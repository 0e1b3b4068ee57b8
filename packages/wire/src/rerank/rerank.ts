import type { JsonObject } from '@inferway/core';
import type { Format } from '../format.js';
import { writeError } from '../openai/error-body.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { RERANK, type RerankDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';

/** Ranking of documents in the manner of Cohere and Jina (`POST /rerank`), and of Text Embeddings Inference. */
export const rerank: Format<
  'rerank',
  RerankDialect,
  JsonObject,
  JsonObject | readonly JsonObject[]
> = {
  name: RERANK,
  operation: 'rerank',
  encodeRequest,
  decodeResponse,
  decodeRequest,
  encodeResponse,
  encodeError: writeError,
};
