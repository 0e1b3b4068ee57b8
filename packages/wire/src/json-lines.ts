import { InferwayError, type JsonValue } from '@inferway/core';
import { TailBytes } from './tail-bytes.js';

const LF = 10;

/**
 * Parses newline-delimited JSON (JSONL, NDJSON) fed as bytes split anywhere. Blank lines are skipped; the last line needs no end. Memory is
 * bounded by the longest line.
 */
export class JsonLines {
  readonly #tail: TailBytes;
  readonly #utf8 = new TextDecoder();

  readonly #onJunk: (error: InferwayError) => void;

  /**
   * @param maxBytes Bytes that one line may have.
   * @param onJunk Takes the error for a line that is no JSON, and the next line is read. Default: it is thrown.
   */
  constructor(
    maxBytes: number = 64 * 1024 * 1024,
    onJunk: (error: InferwayError) => void = throwIt,
  ) {
    this.#tail = new TailBytes(maxBytes);
    this.#onJunk = onJunk;
  }

  /** Takes the next bytes and calls `onValue` for each line that they complete. @throws {InferwayError} `too_large`, `protocol` for a line that is no JSON. */
  push(chunk: Uint8Array, onValue: (value: JsonValue) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const piece = chunk.subarray(start, end);
      if (this.#tail.length === 0) this.#line(piece, onValue);
      else {
        this.#tail.append(piece);
        this.#line(this.#tail.take(), onValue);
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#tail.append(chunk.subarray(start));
  }

  /** The end of the bytes. */
  end(onValue: (value: JsonValue) => void): void {
    if (this.#tail.length > 0) this.#line(this.#tail.take(), onValue);
  }

  #line(bytes: Uint8Array, onValue: (value: JsonValue) => void): void {
    const text = this.#utf8.decode(bytes).trim();
    if (text === '') return;
    let value: JsonValue;
    try {
      value = JSON.parse(text) as JsonValue;
    } catch {
      // Without a cause, since a syntax error quotes the text.
      this.#onJunk(
        new InferwayError('protocol', {
          message: 'A line is not JSON, where every line should be. The file may have been cut.',
        }),
      );
      return;
    }
    onValue(value);
  }
}

function throwIt(error: InferwayError): never {
  throw error;
}
