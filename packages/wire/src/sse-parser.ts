import { InferwayError } from '@inferway/core';
import type { SseMessage } from './sse-message.js';
import { TailBytes } from './tail-bytes.js';

const LF = 10;
const CR = 13;
const SPACE = 32;

export interface SseParserOptions {
  /** Bytes that one line, and characters that one message, may have. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * Parses an event stream (WHATWG HTML §9.2) fed as bytes split anywhere; the messages do not depend on the split.
 * Lines end in LF, CR or CRLF; comments and `retry` are skipped. Time is linear in the bytes, memory bounded by `maxBytes`.
 */
export class SseParser {
  // Bytes after the last line end are kept as bytes: a line end is never inside a UTF-8 character, so whole lines decode alone.
  readonly #tail: TailBytes;
  readonly #maxBytes: number;
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  #started = false;
  /** The text so far ended in CR: an LF that comes next belongs to it. */
  #afterCr = false;
  #event: string | undefined;
  #id: string | undefined;
  readonly #data: string[] = [];
  #dataLength = 0;

  constructor(options?: SseParserOptions) {
    this.#maxBytes = options?.maxBytes ?? 16 * 1024 * 1024;
    this.#tail = new TailBytes(this.#maxBytes);
  }

  /** Takes the next bytes and calls `onMessage` for each message that they complete. @throws {InferwayError} `too_large`. */
  push(chunk: Uint8Array, onMessage: (message: SseMessage) => void): void {
    const end = endOfLastLine(chunk);
    if (end === 0) {
      this.#tail.append(chunk);
      return;
    }
    if (this.#tail.length === 0 && end === chunk.length) {
      this.#lines(chunk, onMessage);
      return;
    }
    const whole = end === chunk.length ? chunk : chunk.subarray(0, end);
    if (this.#tail.length === 0) {
      this.#lines(whole, onMessage);
    } else {
      // Only the line that was cut is put together, so that the cap holds for lines and not for reads.
      const first = endOfFirstLine(whole);
      this.#tail.append(first === end ? whole : whole.subarray(0, first));
      this.#lines(this.#tail.take(), onMessage);
      if (first < end) this.#lines(whole.subarray(first), onMessage);
    }
    if (end < chunk.length) this.#tail.append(chunk.subarray(end));
  }

  /** The end of the bytes. A last message without its blank line is given too, marked `cut`. */
  end(onMessage: (message: SseMessage) => void): void {
    if (this.#tail.length > 0) {
      this.#tail.append(Uint8Array.of(LF));
      this.#lines(this.#tail.take(), onMessage);
    }
    this.#dispatch(onMessage, true);
  }

  /** Takes bytes that end with a line end. */
  #lines(bytes: Uint8Array, onMessage: (message: SseMessage) => void): void {
    if (bytes.length > this.#maxBytes) this.#checkLines(bytes);
    let text = this.#utf8.decode(bytes);
    if (!this.#started) {
      this.#started = true;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    if (this.#afterCr && text.charCodeAt(0) === LF) text = text.slice(1);
    this.#afterCr = text === '' ? false : text.charCodeAt(text.length - 1) === CR;
    if (text.includes('\r')) text = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
    this.#fields(text, onMessage);
  }

  #fields(text: string, onMessage: (message: SseMessage) => void): void {
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf('\n', start);
      if (end === start) {
        this.#dispatch(onMessage, false);
      } else if (text.startsWith('data:', start)) {
        const value = text.slice(text.charCodeAt(start + 5) === SPACE ? start + 6 : start + 5, end);
        // Nearly every message is one data line and a blank line: nothing is gathered for it.
        if (text.charCodeAt(end + 1) === LF && this.#data.length === 0) {
          onMessage(
            this.#id === undefined
              ? { event: this.#event, data: value }
              : { event: this.#event, id: this.#id, data: value },
          );
          this.#event = undefined;
          start = end + 2;
          continue;
        }
        this.#append(value);
      } else {
        this.#field(text.slice(start, end));
      }
      start = end + 1;
    }
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    if (name !== 'event' && name !== 'data' && name !== 'id') return;
    const value =
      colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1);
    if (name === 'data') this.#append(value);
    else if (name === 'id') this.#id = value === '' ? undefined : value;
    else this.#event = value === '' ? undefined : value;
  }

  #append(value: string): void {
    this.#data.push(value);
    this.#dataLength += value.length + 1;
    if (this.#dataLength > this.#maxBytes) throw tooLarge('message', this.#maxBytes);
  }

  // By the standard a message without a data line is none, and takes its event name with it.
  #dispatch(onMessage: (message: SseMessage) => void, cut: boolean): void {
    const event = this.#event;
    this.#event = undefined;
    if (this.#data.length === 0) return;
    const data = this.#data.length === 1 ? (this.#data[0] ?? '') : this.#data.join('\n');
    this.#data.length = 0;
    this.#dataLength = 0;
    const id = this.#id === undefined ? undefined : { id: this.#id };
    onMessage(cut ? { event, data, ...id, cut } : { event, data, ...id });
  }

  #checkLines(bytes: Uint8Array): void {
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte !== LF && byte !== CR) continue;
      if (i - start > this.#maxBytes) throw tooLarge('line', this.#maxBytes);
      start = i + 1;
    }
  }
}

/** The index after the last line end, 0 where there is none. */
function endOfLastLine(bytes: Uint8Array): number {
  const lf = bytes.lastIndexOf(LF) + 1;
  for (let i = bytes.length; i > lf; i--) if (bytes[i - 1] === CR) return i;
  return lf;
}

/** The index after the first line end, which there must be. */
function endOfFirstLine(bytes: Uint8Array): number {
  let i = 0;
  while (bytes[i] !== LF && bytes[i] !== CR) i++;
  return i + 1;
}

function tooLarge(what: string, maxBytes: number): InferwayError {
  return new InferwayError('too_large', {
    message: `The event stream holds a ${what} of more than ${maxBytes} bytes. Raise the limit if such answers are meant.`,
  });
}
