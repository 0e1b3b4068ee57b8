import { UNKNOWN_MEDIA_TYPE, type SpeechEvent } from '@inferway/core';
import type { ByteEncoder } from '../format.js';

/** An encoder for audio that is sent as the file itself. */
export function byteEncoder(): ByteEncoder<SpeechEvent> {
  let mediaType = UNKNOWN_MEDIA_TYPE;
  return {
    get mediaType() {
      return mediaType;
    },
    encode(events) {
      const chunks: Uint8Array[] = [];
      for (const event of events) {
        if (event.type === 'start') ({ mediaType } = event);
        else if (event.type === 'audio-delta') chunks.push(event.data);
      }
      const [only] = chunks;
      return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
    },
  };
}
