import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Transform } from 'node:stream';

/** Where decoded bytes go. */
export interface DecodedSink {
  decoded(chunk: Uint8Array): void;
  decodedEnd(): void;
  decodeFailed(cause: unknown): void;
  /** The decoder has room again. */
  drained(): void;
}

/** Undoes the content encodings of one body, piece by piece. Output is produced only as fast as it is taken. */
export class ContentDecoder {
  readonly #first: Transform;
  readonly #all: readonly Transform[];
  readonly #last: Transform;

  constructor(encodings: readonly string[], sink: DecodedSink) {
    this.#all = encodings.map((name) => decoderFor(name));
    this.#first = this.#all[0] as Transform;
    this.#last = this.#all.reduce((from, to) => from.pipe(to));
    for (const stage of this.#all) stage.on('error', (cause) => sink.decodeFailed(cause));
    this.#first.on('drain', () => sink.drained());
    this.#last.on('data', (chunk: Uint8Array) => sink.decoded(chunk));
    this.#last.on('end', () => sink.decodedEnd());
  }

  /** False when no more should be written until `drained`. */
  write(chunk: Uint8Array): boolean {
    return this.#first.write(chunk);
  }

  end(): void {
    this.#first.end();
  }

  pause(): void {
    this.#last.pause();
  }

  resume(): void {
    this.#last.resume();
  }

  destroy(): void {
    for (const stage of this.#all) stage.destroy();
  }
}

function decoderFor(name: string): Transform {
  if (name === 'br') return createBrotliDecompress();
  return name === 'deflate' ? createInflate() : createGunzip();
}
