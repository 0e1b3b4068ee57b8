import { transcribeTraits, type JsonObject } from '@inferway/core';
import type { BytesBody, MultipartBody } from '../body.js';
import type { Format } from '../format.js';
import { writeError } from '../openai/error-body.js';
import { decodeRequest, decodeTranslation } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_TRANSCRIPTIONS, type OpenAITranscriptionsDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { streamDecoder } from './stream-decoder.js';
import { streamEncoder } from './stream-encoder.js';

type TranscriptFormat = Format<
  'transcribe',
  OpenAITranscriptionsDialect,
  MultipartBody,
  JsonObject | BytesBody
>;

/** OpenAI's Transcriptions (`POST /v1/audio/transcriptions`, and `/translations`): a form in; JSON, text or subtitles out. */
export const openaiTranscriptions: TranscriptFormat = {
  name: OPENAI_TRANSCRIPTIONS,
  operation: 'transcribe',
  traits: transcribeTraits,
  answers: 'any',
  encodeRequest,
  decodeResponse,
  streamDecoder,
  decodeRequest,
  encodeResponse,
  streamEncoder,
  encodeError: writeError,
};

/** The server's doors for `/translations`, whose requests do not say themselves that they are such. */
export const openaiTranslations: TranscriptFormat = {
  ...openaiTranscriptions,
  name: 'openai-translations',
  decodeRequest: decodeTranslation,
};
