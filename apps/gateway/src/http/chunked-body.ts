import type { ServerResponse } from 'node:http';

/**
 * A body of pieces, framed by hand where it is chunked: Node hands each piece to the system as four buffers, which for the small pieces of
 * a stream costs more than the piece. Not ended, the body is visibly incomplete.
 */
export class ChunkedBody {
  readonly #response: ServerResponse;
  readonly #chunked: boolean;

  /** Takes over after `writeHead`. HTTP/1.0 has no chunks: its body ends with the connection. */
  constructor(response: ServerResponse) {
    this.#response = response;
    this.#chunked = response.chunkedEncoding;
    response.chunkedEncoding = false;
  }

  /** False when the caller should be waited for. */
  write(text: string | Uint8Array): boolean {
    if (!this.#chunked) return this.#response.write(text);
    if (typeof text !== 'string') return this.#writeBytes(text);
    const length = Buffer.byteLength(text).toString(16);
    return this.#response.write(`${length}\r\n${text}\r\n`);
  }

  #writeBytes(data: Uint8Array): boolean {
    this.#response.write(`${data.length.toString(16)}\r\n`);
    this.#response.write(data);
    return this.#response.write('\r\n');
  }

  /** The proper end, with one trailer. */
  end(trailer: string, value: string): void {
    if (this.#chunked) this.#response.write(`0\r\n${trailer}: ${value}\r\n\r\n`);
    this.#response.end();
  }

  /** What was written goes out, and the connection ends with the body incomplete. */
  breakOff(): void {
    this.#response.socket?.end();
  }
}
