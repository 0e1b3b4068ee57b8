import type { Detector, Found } from './detector.js';

/** What a detector found, and which one. */
export interface Sure extends Found {
  readonly detector: Detector;
}

const NOT_ASKED: Found = { start: -1, end: -1 };

/**
 * Looks through one text from left to right with several detectors. Each is asked again only once what it found has been passed: else a text
 * full of one kind would be read to its end by all the others for each find, which takes time by the square of its length.
 */
export class Leftmost {
  readonly #text: string;
  readonly #detectors: readonly Detector[];
  readonly #found: (Found | undefined)[];

  constructor(text: string, detectors: readonly Detector[]) {
    this.#text = text;
    this.#detectors = detectors;
    this.#found = detectors.map(() => NOT_ASKED);
  }

  /** The leftmost that begins at `from` or after; of several there the longest. `from` never goes back. */
  from(from: number): Sure | undefined {
    let first: Sure | undefined;
    this.#detectors.forEach((detector, index) => {
      let found = this.#found[index];
      // What found nothing once finds nothing further on.
      if (found === undefined) return;
      if (found.start < from) found = this.#found[index] = detector.find(this.#text, from);
      if (found === undefined) return;
      const longer = found.start === first?.start && found.end > first.end;
      if (first === undefined || found.start < first.start || longer) {
        first = { ...found, detector };
      }
    });
    return first;
  }
}
