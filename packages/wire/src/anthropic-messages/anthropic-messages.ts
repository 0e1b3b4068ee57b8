import type { StreamingFormat } from '../format.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import type { AnthropicDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { encodeError } from './error-body.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { AnthropicStreamDecoder } from './stream-decoder.js';
import { AnthropicStreamEncoder } from './stream-encoder.js';

/** Anthropic's Messages API (`POST /v1/messages`), versions 2023-06-01 and 2026-10-21. */
export const anthropicMessages: StreamingFormat<'chat', AnthropicDialect> = {
  name: ANTHROPIC_MESSAGES,
  operation: 'chat',
  encodeRequest,
  decodeResponse,
  streamDecoder: (from) => new AnthropicStreamDecoder(from),
  decodeRequest,
  encodeResponse,
  streamEncoder: (as) => new AnthropicStreamEncoder(as),
  encodeError,
};
