import { imageTraits, type JsonObject } from '@inferway/core';
import type { MultipartBody } from '../body.js';
import type { Format } from '../format.js';
import { writeError } from '../openai/error-body.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_IMAGES, type OpenAIImagesDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { streamDecoder } from './stream-decoder.js';
import { streamEncoder } from './stream-encoder.js';

/** OpenAI's Images: `POST /v1/images/generations` in JSON, and `POST /v1/images/edits` as a form. */
export const openaiImages: Format<'image', OpenAIImagesDialect, JsonObject | MultipartBody> = {
  name: OPENAI_IMAGES,
  operation: 'image',
  traits: imageTraits,
  encodeRequest,
  decodeResponse,
  streamDecoder,
  decodeRequest,
  encodeResponse,
  streamEncoder,
  encodeError: writeError,
};
