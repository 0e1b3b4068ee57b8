import type { GeneratedImage, ImageEvent, InferwayError, JsonObject, Usage } from '@inferway/core';
import type { EncodeAs, StreamAs, StreamEncoder } from '../format.js';
import { defined } from '../json-body.js';
import { writeError } from '../openai/error-body.js';
import { writeImageUsage } from '../openai/media-usage.js';
import { sse } from '../sse-writer.js';
import { formatOf, writeFile, writeImage } from './encode-response.js';

/** An encoder for images that are streamed. The last image waits for the usage, which its event tells. */
export function streamEncoder(as: EncodeAs & StreamAs): StreamEncoder<ImageEvent> {
  return new ImageStreamEncoder(as);
}

class ImageStreamEncoder implements StreamEncoder<ImageEvent> {
  readonly #as: EncodeAs & StreamAs;
  readonly #kind: string;
  #created: number;
  #waiting: GeneratedImage | undefined;

  constructor(as: EncodeAs & StreamAs) {
    this.#as = as;
    this.#kind = as.form === 'edit' ? 'image_edit' : 'image_generation';
    this.#created = as.created;
  }

  encode(events: readonly ImageEvent[]): string {
    return events.map((event) => this.#event(event)).join('');
  }

  fail(error: InferwayError, requestId: string | undefined): string {
    return sse(JSON.stringify({ type: 'error', ...writeError(error, requestId) }), 'error');
  }

  #event(event: ImageEvent): string {
    switch (event.type) {
      case 'start':
        this.#created = event.created ?? this.#created;
        return '';
      case 'image-partial':
        return (
          this.#complete(undefined) +
          this.#tell('partial_image', {
            ...writeFile(event.image),
            partial_image_index: event.step,
            output_format: formatOf(event.image),
          })
        );
      case 'image': {
        const before = this.#complete(undefined);
        this.#waiting = event.image;
        return before;
      }
      case 'end':
        return this.#complete(event.usage);
    }
  }

  #complete(usage: Usage | undefined): string {
    const image = this.#waiting;
    if (image === undefined) return '';
    this.#waiting = undefined;
    return this.#tell('completed', {
      ...writeImage(image),
      output_format: formatOf(image.image),
      usage: writeImageUsage(usage),
    });
  }

  #tell(what: string, fields: { readonly [name: string]: JsonObject[string] | undefined }): string {
    const type = `${this.#kind}.${what}`;
    const event = defined({ type, created_at: this.#created, ...this.#as.echo, ...fields });
    return sse(JSON.stringify(event), type);
  }
}
