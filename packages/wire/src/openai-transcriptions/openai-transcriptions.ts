import { transcribeTraits } from '@inferway/core';
import type { MultipartBody } from '../body.js';
import type { ClientFormat } from '../format.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_TRANSCRIPTIONS, type OpenAITranscriptionsDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { streamDecoder } from './stream-decoder.js';

/** OpenAI's Transcriptions (`POST /v1/audio/transcriptions`, and `/translations`): a form in; JSON, text or subtitles out. */
export const openaiTranscriptions: ClientFormat<
  'transcribe',
  OpenAITranscriptionsDialect,
  MultipartBody
> = {
  name: OPENAI_TRANSCRIPTIONS,
  operation: 'transcribe',
  traits: transcribeTraits,
  answers: 'any',
  encodeRequest,
  decodeResponse,
  streamDecoder,
};
