import { speechTraits, type JsonObject } from '@inferway/core';
import type { BytesBody } from '../body.js';
import type { Format } from '../format.js';
import { writeError } from '../openai/error-body.js';
import { byteDecoder } from './byte-decoder.js';
import { byteEncoder } from './byte-encoder.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_SPEECH, type OpenAISpeechDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { streamDecoder } from './stream-decoder.js';
import { streamEncoder } from './stream-encoder.js';

/** OpenAI's Speech (`POST /v1/audio/speech`): JSON in, a file out, whole, as its bytes come, or in events. */
export const openaiSpeech: Format<
  'speech',
  OpenAISpeechDialect,
  JsonObject,
  BytesBody | JsonObject
> = {
  name: OPENAI_SPEECH,
  operation: 'speech',
  traits: speechTraits,
  answers: 'any',
  encodeRequest,
  decodeResponse,
  streamDecoder,
  byteDecoder,
  decodeRequest,
  encodeResponse,
  streamEncoder,
  byteEncoder,
  encodeError: writeError,
};
