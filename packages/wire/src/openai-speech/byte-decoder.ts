import { UNKNOWN_MEDIA_TYPE, type SpeechEvent, type Usage } from '@inferway/core';
import type { ByteDecoder, DecodeSource } from '../format.js';
import { emptyResponse } from '../openai/failure.js';
import { fileMediaType } from './audio-type.js';
import { speechUsage } from './decode-response.js';
import type { OpenAISpeechDialect } from './dialect.js';

/** A decoder for audio that is sent as the file itself; its end is that of the transport. */
export function byteDecoder(
  from: DecodeSource<OpenAISpeechDialect>,
  mediaType: string,
): ByteDecoder<SpeechEvent> {
  return new SpeechByteDecoder(from, mediaType);
}

class SpeechByteDecoder implements ByteDecoder<SpeechEvent> {
  readonly #from: DecodeSource<OpenAISpeechDialect>;
  readonly #mediaType: string;
  #started = false;
  #done = false;

  constructor(from: DecodeSource<OpenAISpeechDialect>, mediaType: string) {
    this.#from = from;
    this.#mediaType = mediaType;
  }

  get done(): boolean {
    return this.#done;
  }

  get usage(): Usage | undefined {
    return speechUsage(undefined, this.#from);
  }

  bytes(chunk: Uint8Array, out: SpeechEvent[]): void {
    if (chunk.length === 0) return;
    if (!this.#started) {
      this.#started = true;
      const mediaType = fileMediaType(this.#mediaType || UNKNOWN_MEDIA_TYPE, chunk, this.#from);
      out.push({ type: 'start', mediaType });
    }
    out.push({ type: 'audio-delta', data: chunk });
  }

  end(out: SpeechEvent[]): void {
    if (this.#done) return;
    if (!this.#started) throw emptyResponse();
    this.#done = true;
    out.push({ type: 'end', usage: this.usage });
  }
}
