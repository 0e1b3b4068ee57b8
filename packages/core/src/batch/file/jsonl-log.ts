import { open, type FileHandle } from 'node:fs/promises';
import type { BatchLog, BatchRecord } from '../batch-store.js';

interface Waiting {
  readonly text: string;
  readonly done: PromiseWithResolvers<void>;
}

const NEWLINE = 10;

/** Appends lines to a file. What is appended while a write is on its way goes with the next one, so that many share one wait for the disk. */
export class JsonlLog implements BatchLog {
  readonly #file: FileHandle;
  readonly #fsync: 'always' | 'never';
  readonly #release: () => Promise<void>;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(file: FileHandle, fsync: 'always' | 'never', release: () => Promise<void>) {
    this.#file = file;
    this.#fsync = fsync;
    this.#release = release;
  }

  static async open(
    path: string,
    fsync: 'always' | 'never',
    release: () => Promise<void>,
  ): Promise<JsonlLog> {
    const file = await open(path, 'a+', 0o600);
    try {
      // What a killed writer left half written would spoil the first line after it.
      const { size } = await file.stat();
      const whole = await lengthOfWholeLines(file, size);
      if (whole < size) await file.truncate(whole);
    } catch (reason) {
      await file.close();
      throw reason;
    }
    return new JsonlLog(file, fsync, release);
  }

  append(records: readonly BatchRecord[]): Promise<void> {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ text, done });
    this.#writing ??= this.#write();
    return done.promise;
  }

  async close(): Promise<void> {
    await this.#writing;
    try {
      await this.#file.close();
    } finally {
      await this.#release();
    }
  }

  async #write(): Promise<void> {
    // Those who append in the same turn go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0);
      try {
        await this.#file.appendFile(together.map(({ text }) => text).join(''));
        if (this.#fsync === 'always') await this.#file.datasync();
        for (const { done } of together) done.resolve();
      } catch (reason) {
        for (const { done } of together) done.reject(reason);
      }
    }
    this.#writing = undefined;
  }
}

async function lengthOfWholeLines(file: FileHandle, size: number): Promise<number> {
  const step = 65_536;
  for (let end = size; end > 0; end -= Math.min(step, end)) {
    const start = Math.max(0, end - step);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const last = buffer.lastIndexOf(NEWLINE);
    if (last !== -1) return start + last + 1;
  }
  return 0;
}
