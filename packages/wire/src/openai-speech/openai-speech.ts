import { speechTraits } from '@inferway/core';
import type { ClientFormat } from '../format.js';
import { byteDecoder } from './byte-decoder.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_SPEECH, type OpenAISpeechDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { streamDecoder } from './stream-decoder.js';

/** OpenAI's Speech (`POST /v1/audio/speech`): JSON in, a file out, whole, as its bytes come, or in events. */
export const openaiSpeech: ClientFormat<'speech', OpenAISpeechDialect> = {
  name: OPENAI_SPEECH,
  operation: 'speech',
  traits: speechTraits,
  answers: 'any',
  encodeRequest,
  decodeResponse,
  streamDecoder,
  byteDecoder,
};
