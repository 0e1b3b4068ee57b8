import { InferwayError } from '@inferway/core';

/** The start of a line whose end has not come: a buffer that doubles, so that any number of small appends costs linear time. */
export class TailBytes {
  readonly #maxBytes: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies `chunk`, for it may be reused by who gave it. @throws {InferwayError} `too_large` for a line over the limit. */
  append(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    // One more for the line end itself.
    if (length > this.#maxBytes + 1) {
      throw new InferwayError('too_large', {
        message: `A line of the stream has more than ${this.#maxBytes} bytes. Raise the limit if such answers are meant.`,
      });
    }
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(1024, length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
  }

  /** All bytes so far, valid until the next `append`; begins anew. */
  take(): Uint8Array {
    const whole = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    // A buffer that one huge line made is not kept for the rest of the stream.
    if (this.#bytes.length > 1024 * 1024) this.#bytes = new Uint8Array(0);
    return whole;
  }
}
