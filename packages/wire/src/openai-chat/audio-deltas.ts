import type { AudioPart, JsonObject, JsonValue } from '@inferway/core';
import { asText } from '../lenient.js';
import { audioOf } from './audio-answer.js';
import { joinBase64 } from '../base64.js';

/** Streamed audio: its bytes and transcript come in pieces and become one part, since the canonical form has no pieces of audio. */
export class AudioDeltas {
  readonly #data: string[] = [];
  #transcript = '';
  readonly #fields: Record<string, JsonValue> = {};
  #taken = false;
  #ended = false;

  /** The update that comes last has been seen: it holds the expiry alone. */
  get ended(): boolean {
    return this.#ended;
  }

  push(audio: JsonObject): void {
    const data = asText(audio['data']);
    this.#ended = data === undefined && typeof audio['expires_at'] === 'number';
    if (data !== undefined) this.#data.push(data);
    this.#transcript += asText(audio['transcript']) ?? '';
    for (const key of ['id', 'expires_at']) {
      const value = audio[key];
      if (value !== undefined && value !== null) this.#fields[key] = value;
    }
  }

  /** The whole, once; undefined where no bytes came. */
  take(): AudioPart | undefined {
    if (this.#taken || this.#data.length === 0) return undefined;
    this.#taken = true;
    return audioOf({
      ...this.#fields,
      data: joinBase64(this.#data),
      transcript: this.#transcript,
    });
  }
}
