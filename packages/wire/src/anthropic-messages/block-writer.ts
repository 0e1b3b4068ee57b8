import { PartWriter, type PartEvent } from './part-writer.js';
import type { AnswerHolds } from './stop-reason.js';

/**
 * Writes parts as content blocks. On this wire a block ends before the next one starts, while other protocols may grow several parts at a
 * time: what belongs to a later part waits until the one being written has ended.
 */
export class BlockWriter {
  /** Parts that have started and are not written to their end, in order: the first one is being written. */
  readonly #open: Map<number, PartWriter> = new Map();
  #blocks = 0;
  #toolCall = false;
  #refusal = false;

  get holds(): AnswerHolds {
    return { toolCall: this.#toolCall, refusal: this.#refusal };
  }

  write(event: PartEvent): string {
    const { index } = event;
    if (event.type === 'part-start') {
      if (event.part.type === 'tool-call') this.#toolCall = true;
      if (event.part.type === 'refusal') this.#refusal = true;
      const part = new PartWriter(event.part);
      this.#open.set(index, part);
      return this.#open.size === 1 ? this.#begin(part) : '';
    }
    const part = this.#open.get(index);
    if (part === undefined) return '';
    if (!part.writing) {
      part.wait(event);
      return '';
    }
    const text = part.write(event);
    if (event.type !== 'part-end') return text;
    this.#open.delete(index);
    return text + this.#next();
  }

  /** The end of the answer: what is still open is closed. A call that was cut before anything of it was written is left out. */
  finish(): string {
    let text = '';
    for (const [index, part] of this.#open)
      if (!part.writing && part.isCall && !part.ended) this.#open.delete(index);
    for (const index of this.#open.keys()) text += this.write({ type: 'part-end', index });
    return text;
  }

  #begin(part: PartWriter): string {
    return part.begin(() => this.#blocks++);
  }

  /** Writes what waited, as far as those parts have ended, and opens the next one. */
  #next(): string {
    let text = '';
    for (const [index, part] of this.#open) {
      text += this.#begin(part);
      for (const event of part.waiting) text += part.write(event);
      if (!part.ended) return text;
      this.#open.delete(index);
    }
    return text;
  }
}
