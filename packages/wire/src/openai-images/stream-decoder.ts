import { isJsonObject, type ImageEvent, type JsonObject, type Usage } from '@inferway/core';
import type { DecodeSource, StreamDecoder } from '../format.js';
import { asCount, asNumber } from '../lenient.js';
import { emptyResponse } from '../openai/failure.js';
import { readImageUsage } from '../openai/media-usage.js';
import { streamInterrupted } from '../openai/stream-signals.js';
import { readTyped } from '../openai/typed-event.js';
import type { SseMessage } from '../sse-message.js';
import type { OpenAIImagesDialect } from './dialect.js';
import { formatMediaType, readImage } from './read-image.js';

/** A decoder for images that are streamed as they get finished: `image_generation.*` and `image_edit.*`. */
export function streamDecoder(from: DecodeSource<OpenAIImagesDialect>): StreamDecoder<ImageEvent> {
  return new ImageStreamDecoder(from);
}

class ImageStreamDecoder implements StreamDecoder<ImageEvent> {
  readonly #from: DecodeSource<OpenAIImagesDialect>;
  readonly #asked: number;
  #images = 0;
  #started = false;
  #done = false;
  #rawUsage: JsonObject | undefined;

  constructor(from: DecodeSource<OpenAIImagesDialect>) {
    this.#from = from;
    const { request } = from;
    this.#asked = (isJsonObject(request) ? asCount(request['count']) : undefined) ?? 1;
  }

  get done(): boolean {
    return this.#done;
  }

  get usage(): Usage | undefined {
    return readImageUsage(this.#rawUsage, this.#images);
  }

  message(message: SseMessage, out: ImageEvent[]): void {
    if (this.#done) return;
    const event = readTyped(message, this.#from);
    if (event === undefined) return;
    if (event === 'end') this.#terminate(out);
    else if (event.type.endsWith('.partial_image')) this.#partial(event.body, out);
    else if (event.type.endsWith('.completed')) this.#completed(event.body, out);
  }

  end(out: ImageEvent[]): void {
    if (this.#done) return;
    if (!this.#started) throw emptyResponse();
    // The protocol has no end of its own beside the images that were asked for.
    if (this.#images === 0) throw streamInterrupted();
    this.#terminate(out);
  }

  #partial(event: JsonObject, out: ImageEvent[]): void {
    const image = this.#read(event, out);
    if (image === undefined) return;
    const step = asCount(event['partial_image_index']) ?? 0;
    out.push({ type: 'image-partial', index: this.#images, step, image: image.image });
  }

  #completed(event: JsonObject, out: ImageEvent[]): void {
    const image = this.#read(event, out);
    if (isJsonObject(event['usage'])) this.#rawUsage = event['usage'];
    if (image === undefined) return;
    out.push({ type: 'image', index: this.#images++, image });
    if (this.#images >= this.#asked) this.#terminate(out);
  }

  #read(event: JsonObject, out: ImageEvent[]): ReturnType<typeof readImage> {
    const mediaType = formatMediaType(event['output_format']) ?? this.#from.dialect?.mediaType;
    const image = readImage(event, mediaType);
    if (image !== undefined && !this.#started) {
      this.#started = true;
      const created = asNumber(event['created_at']);
      out.push({ type: 'start', ...(created === undefined ? {} : { created }) });
    }
    return image;
  }

  #terminate(out: ImageEvent[]): void {
    if (this.#images === 0) throw emptyResponse();
    this.#done = true;
    out.push({ type: 'end', usage: this.usage });
  }
}
