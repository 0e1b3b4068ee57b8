/** Where in a text something was found; `end` exclusive, in UTF-16 units. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds one kind of thing in a text that comes in pieces. All methods take time linear in what they look at, whatever the text is: it comes from
 * strangers and from models.
 */
export interface Detector {
  /** What it finds, in capitals: it stands in the place of what is redacted, `[EMAIL]`. */
  readonly kind: string;
  /** The first one that begins at `from` or after. May look at the one character before `from`. */
  find(text: string, from: number): Found | undefined;
  /** The earliest place from `from` on where something may begin that more text could complete or lengthen; the text's length where nothing may. */
  open(text: string, from: number): number;
  /** What was found reaches the end of all text that can be held: how far of what follows belongs to it. */
  beyond(text: string, from: number): number;
}

/** What a pattern finds, and by which name it is told. */
export interface PatternDetectorOptions {
  readonly kind: string;
  /** Global, without nested or unbounded repetition before a fixed end: it must not take more than linear time. */
  readonly pattern: RegExp;
  /** Every character that a match may hold. */
  readonly alphabet: RegExp;
  /** The characters that a match may begin with. Default: those of `alphabet`. */
  readonly starts?: RegExp | undefined;
  /** How much of a match, from its start, is one indeed (a checksum); 0 for none. Default: all of it. */
  readonly accept?: ((match: string) => number) | undefined;
  /** The most characters of a match. Default: no bound. */
  readonly longest?: number | undefined;
}

/** A detector by a pattern and the characters that it is made of. */
export function patternDetector(options: PatternDetectorOptions): Detector {
  const { kind, alphabet, accept } = options;
  const longest = options.longest ?? Number.POSITIVE_INFINITY;
  const pattern = new RegExp(options.pattern.source, 'gu');
  const starts = options.starts ?? alphabet;
  return {
    kind,
    find(text, from) {
      pattern.lastIndex = from;
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        const length = accept === undefined ? match[0].length : accept(match[0]);
        if (length > 0) return { start: match.index, end: match.index + length };
        // Not after its end: what is found must not depend on where the text was cut before.
        pattern.lastIndex = match.index + 1;
      }
      return undefined;
    },
    open(text, from) {
      let index = text.length;
      const first = Math.max(from, index - longest);
      while (index > first && alphabet.test(text[index - 1] as string)) index--;
      while (index < text.length && !starts.test(text[index] as string)) index++;
      return index;
    },
    beyond(text, from) {
      let index = from;
      while (index < text.length && alphabet.test(text[index] as string)) index++;
      return index;
    },
  };
}
