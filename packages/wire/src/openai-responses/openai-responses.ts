import type { StreamingFormat } from '../format.js';
import { writeError } from '../openai/error-body.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_RESPONSES, type OpenAIResponsesDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { streamDecoder } from './stream-decoder.js';
import { streamEncoder } from './stream-encoder.js';

/** OpenAI's Responses API (`POST /v1/responses`), which engines and routers speak as well. */
export const openaiResponses: StreamingFormat<'chat', OpenAIResponsesDialect> = {
  name: OPENAI_RESPONSES,
  operation: 'chat',
  encodeRequest,
  decodeResponse,
  streamDecoder,
  decodeRequest,
  encodeResponse,
  streamEncoder,
  encodeError: writeError,
};
