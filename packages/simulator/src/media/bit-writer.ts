/** Bits in order, the lowest of a byte first. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #used = 8;

  put(value: number, count: number): void {
    for (let bit = 0; bit < count; bit++) {
      if (this.#used === 8) {
        this.#bytes.push(0);
        this.#used = 0;
      }
      const last = this.#bytes.length - 1;
      this.#bytes[last] = (this.#bytes[last] ?? 0) | (((value >>> bit) & 1) << this.#used++);
    }
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
