import type { Format } from '../format.js';
import { writeError } from '../openai/error-body.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_EMBEDDINGS, type OpenAIEmbeddingsDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';

/** OpenAI's Embeddings (`POST /v1/embeddings`). */
export const openaiEmbeddings: Format<'embed', OpenAIEmbeddingsDialect> = {
  name: OPENAI_EMBEDDINGS,
  operation: 'embed',
  encodeRequest,
  decodeResponse,
  decodeRequest,
  encodeResponse,
  encodeError: writeError,
};
