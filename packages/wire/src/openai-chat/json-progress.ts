const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * Follows the JSON text of one object as it comes in pieces and knows when its last brace has closed, without parsing it again for
 * each piece. It does not judge what stands between the braces.
 */
export class JsonProgress {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #closed = false;

  /** The object has begun and ended. */
  get whole(): boolean {
    return this.#closed;
  }

  reset(): void {
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#closed = false;
  }

  push(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#inString = false;
      } else if (code === QUOTE) {
        this.#inString = true;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        this.#depth++;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        this.#depth--;
        if (this.#depth === 0) this.#closed = true;
      }
    }
  }
}
