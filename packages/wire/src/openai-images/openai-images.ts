import { imageTraits, type JsonObject } from '@inferway/core';
import type { MultipartBody } from '../body.js';
import type { ClientFormat } from '../format.js';
import { decodeResponse } from './decode-response.js';
import { OPENAI_IMAGES, type OpenAIImagesDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { streamDecoder } from './stream-decoder.js';

/** OpenAI's Images: `POST /v1/images/generations` in JSON, and `POST /v1/images/edits` as a form. */
export const openaiImages: ClientFormat<'image', OpenAIImagesDialect, JsonObject | MultipartBody> =
  {
    name: OPENAI_IMAGES,
    operation: 'image',
    traits: imageTraits,
    encodeRequest,
    decodeResponse,
    streamDecoder,
  };
