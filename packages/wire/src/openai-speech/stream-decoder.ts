import { isJsonObject, type JsonObject, type SpeechEvent, type Usage } from '@inferway/core';
import { fromBase64 } from '../base64.js';
import type { DecodeSource, StreamDecoder } from '../format.js';
import { asObject, asText } from '../lenient.js';
import { emptyResponse } from '../openai/failure.js';
import { streamInterrupted } from '../openai/stream-signals.js';
import { readTyped } from '../openai/typed-event.js';
import type { SseMessage } from '../sse-message.js';
import { askedMediaType } from './audio-type.js';
import { speechUsage } from './decode-response.js';
import type { OpenAISpeechDialect } from './dialect.js';

/** A decoder for audio in events: `speech.audio.delta` and `.done`, or chunks with base64 in `b64` before `[DONE]`. */
export function streamDecoder(from: DecodeSource<OpenAISpeechDialect>): StreamDecoder<SpeechEvent> {
  return new SpeechStreamDecoder(from);
}

class SpeechStreamDecoder implements StreamDecoder<SpeechEvent> {
  readonly #from: DecodeSource<OpenAISpeechDialect>;
  #started = false;
  #done = false;
  #rawUsage: JsonObject | undefined;

  constructor(from: DecodeSource<OpenAISpeechDialect>) {
    this.#from = from;
  }

  get done(): boolean {
    return this.#done;
  }

  get usage(): Usage | undefined {
    return speechUsage(this.#rawUsage, this.#from);
  }

  message(message: SseMessage, out: SpeechEvent[]): void {
    if (this.#done) return;
    const event = readTyped(message, this.#from, unwrapped);
    if (event === undefined) return;
    if (event === 'end') {
      this.#terminate(out);
      return;
    }
    const { type, body } = event;
    if (isJsonObject(body['usage'])) this.#rawUsage = body['usage'];
    const audio = asText(body['audio']) ?? asText(body['b64']);
    const data = audio === undefined ? undefined : fromBase64(audio);
    if (data !== undefined) {
      if (!this.#started) this.#start(body, out);
      out.push({ type: 'audio-delta', data });
    }
    if (type === 'speech.audio.done') this.#terminate(out);
  }

  end(): void {
    if (this.#done) return;
    throw this.#started ? streamInterrupted() : emptyResponse();
  }

  #start(event: JsonObject, out: SpeechEvent[]): void {
    this.#started = true;
    const model = asText(event['model']);
    out.push({
      type: 'start',
      mediaType: askedMediaType(this.#from),
      ...(model === undefined ? {} : { model }),
    });
  }

  #terminate(out: SpeechEvent[]): void {
    if (!this.#started) throw emptyResponse();
    this.#done = true;
    out.push({ type: 'end', usage: this.usage });
  }
}

/** Some repeat the event's own field name around the chunk. */
function unwrapped(body: JsonObject): JsonObject {
  return asObject(body['data']) ?? body;
}
