import { completeTraits } from '@inferway/core';
import type { StreamingFormat } from '../format.js';
import { writeError } from '../openai/error-body.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_COMPLETIONS, type OpenAICompletionsDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { streamDecoder } from './stream-decoder.js';
import { streamEncoder } from './stream-encoder.js';

/** OpenAI's older Completions (`POST /v1/completions`): text in, its continuation out. */
export const openaiCompletions: StreamingFormat<'complete', OpenAICompletionsDialect> = {
  name: OPENAI_COMPLETIONS,
  operation: 'complete',
  traits: completeTraits,
  encodeRequest,
  decodeResponse,
  streamDecoder,
  decodeRequest,
  encodeResponse,
  streamEncoder,
  encodeError: writeError,
};
