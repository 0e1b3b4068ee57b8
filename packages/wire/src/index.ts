export type {
  Decoded,
  DecodedRequest,
  DecodeSource,
  EncodeAs,
  EncodeTarget,
  Format,
  StreamAs,
  StreamDecoder,
  StreamEncoder,
} from './format.js';
export type { SseMessage } from './sse-message.js';
