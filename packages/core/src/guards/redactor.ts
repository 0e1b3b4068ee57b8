import type { Detector } from './detector.js';
import { Leftmost, type Sure } from './leftmost.js';

/** Rewrites a text that comes in pieces: what has come out so far is final. */
export interface TextFilter {
  push(text: string): string;
  end(): string;
}

/** What stands in the place of what was found. */
export type Replace = (found: string, detector: Detector) => string;

// So much is held back at most, for something that has begun and does not end.
const MOST_HELD = 4096;
const HIGH = /^[\uD800-\uDBFF]$/u;
const LOW = /^[\uDC00-\uDFFF]$/u;

/**
 * Finds and replaces in a text that comes in pieces, however it is cut: only as much is held back as could be the beginning of something, which
 * for ordinary text is its last word.
 */
export class Redactor implements TextFilter {
  readonly #detectors: readonly Detector[];
  readonly #replace: Replace;
  /** One character that is out already, for who must look behind, and what is held back. */
  #text = '';
  #half = '';
  #from = 0;
  /** Something too long to be held reaches on: the rest of it is dropped as it comes. */
  #dropping: Detector | undefined;

  constructor(detectors: readonly Detector[], replace: Replace) {
    this.#detectors = detectors;
    this.#replace = replace;
  }

  push(text: string): string {
    this.#text += this.#half + text;
    // Half of a pair is no character: what it is is known with its other half.
    this.#half = HIGH.test(this.#text.at(-1) ?? '') ? (this.#text.at(-1) as string) : '';
    if (this.#half !== '') this.#text = this.#text.slice(0, -1);
    return this.#release(false);
  }

  end(): string {
    this.#text += this.#half;
    this.#half = '';
    const out = this.#release(true);
    this.#dropping = undefined;
    return out;
  }

  #release(final: boolean): string {
    this.#drop();
    const text = this.#text;
    let from = this.#from;
    let out = '';
    const finds = new Leftmost(text, this.#detectors);
    const open = final ? text.length : this.#open(text, from);
    for (;;) {
      const sure = finds.from(from);
      if (sure === undefined || sure.start >= open) break;
      out += text.slice(from, sure.start) + this.#replaced(text, sure);
      from = sure.end;
    }
    if (from < open) {
      out += text.slice(from, open);
      from = open;
    }
    if (text.length - from > MOST_HELD) {
      const sure = finds.from(from);
      const reaches = sure !== undefined && sure.end === text.length;
      const until = reaches ? sure.start : text.length - MOST_HELD / 2;
      out += text.slice(from, until);
      from = until;
      if (reaches) {
        out += this.#replaced(text, sure);
        from = text.length;
        this.#dropping = sure.detector;
      }
    }
    this.#keep(from);
    return out;
  }

  #drop(): void {
    if (this.#dropping === undefined) return;
    const until = this.#dropping.beyond(this.#text, this.#from);
    if (until < this.#text.length) this.#dropping = undefined;
    this.#keep(until);
  }

  #keep(from: number): void {
    const behind = from === 0 ? 0 : from - wholeAt(this.#text, from - 1);
    this.#text = this.#text.slice(from - behind);
    this.#from = behind;
  }

  #open(text: string, from: number): number {
    let open = text.length;
    for (const detector of this.#detectors) open = Math.min(open, detector.open(text, from));
    return wholeAt(text, open);
  }

  #replaced(text: string, { start, end, detector }: Sure): string {
    return this.#replace(text.slice(start, end), detector);
  }
}

/** `index`, or the place before it where that is within a pair of units. */
function wholeAt(text: string, index: number): number {
  return LOW.test(text[index] ?? '') && HIGH.test(text[index - 1] ?? '') ? index - 1 : index;
}

/** The same for a text that is there as a whole. */
export function redactText(text: string, detectors: readonly Detector[], replace: Replace): string {
  const redactor = new Redactor(detectors, replace);
  return redactor.push(text) + redactor.end();
}
