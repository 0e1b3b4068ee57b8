import type { StreamingFormat } from '../format.js';
import { writeError } from '../openai/error-body.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_CHAT, type OpenAIChatDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { streamDecoder } from './stream-decoder.js';
import { streamEncoder } from './stream-encoder.js';

/** OpenAI's Chat Completions (`POST /v1/chat/completions`), which most providers and engines speak. */
export const openaiChat: StreamingFormat<'chat', OpenAIChatDialect> = {
  name: OPENAI_CHAT,
  operation: 'chat',
  encodeRequest,
  decodeResponse,
  streamDecoder,
  decodeRequest,
  encodeResponse,
  streamEncoder,
  encodeError: writeError,
};
