import { closeSync, fdatasync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';

/** One file of a spool that is appended to. What could not be written whole is taken back. */
export class SpoolFile {
  readonly path: string;
  #fd: number;
  #bytes = 0;
  /** Half a line could not be taken back: the next one begins on a line of its own. */
  #isTorn = false;

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'ax', 0o600);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Hands the text to the system, so that it outlives the process. @throws where the disk does not take it; then nothing is written. */
  append(text: string): void {
    const data = Buffer.from(this.#isTorn ? `\n${text}` : text);
    let written = 0;
    try {
      while (written < data.length) {
        written += writeSync(this.#fd, data, written, data.length - written, null);
      }
    } catch (reason) {
      if (written > 0) this.#takeBack(written);
      throw reason;
    }
    this.#isTorn = false;
    this.#bytes += data.length;
  }

  /** Has the disk keep what was written, so that it outlives the machine. Resolves also where that failed. */
  sync(): Promise<void> {
    return new Promise((resolve) => {
      fdatasync(this.#fd, () => resolve());
    });
  }

  close(): void {
    if (this.#fd === -1) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }

  remove(): void {
    this.close();
    try {
      unlinkSync(this.path);
    } catch {
      // It is gone, or cannot be removed: its rows are in the ledger, which takes none twice.
    }
  }

  #takeBack(written: number): void {
    try {
      ftruncateSync(this.#fd, this.#bytes);
    } catch {
      this.#isTorn = true;
      this.#bytes += written;
    }
  }
}
