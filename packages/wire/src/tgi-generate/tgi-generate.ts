import { completeTraits } from '@inferway/core';
import type { StreamingFormat } from '../format.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { TGI_GENERATE, type TgiGenerateDialect } from './dialect.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { writeError } from './error-body.js';
import { streamDecoder } from './stream-decoder.js';
import { streamEncoder } from './stream-encoder.js';

/**
 * Text Generation Inference's own protocol: `inputs` and `parameters` in, `generated_text` out (`/generate`, `/generate_stream`, `/`; also the
 * text generation of Hugging Face's hosted inference). Shapes: router/src/lib.rs of huggingface/text-generation-inference.
 */
export const tgiGenerate: StreamingFormat<'complete', TgiGenerateDialect> = {
  name: TGI_GENERATE,
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
