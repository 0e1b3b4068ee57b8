const ECHOED_WORDS = 12;
const ECHOED_CODES = 4;
const LONGEST_WORD = 80;

/** What an answer repeats of its prompt, so that a test can tell whose answer it is. */
export interface Echo {
  /** The first words of the last question, without what could end a sentence. */
  readonly words: readonly string[];
  /** Words of the whole prompt that look like a code (`canary-7f3a`, `ORDER_1234`). */
  readonly codes: readonly string[];
}

/** Takes an echo from the last question and the whole prompt. */
export function echoOf(question: string, prompt: string): Echo {
  const words = plainWords(question, ECHOED_WORDS);
  const codes = new Set<string>();
  for (const found of prompt.matchAll(/[\p{L}\p{N}][\p{L}\p{N}_-]{4,79}/gu)) {
    const word = found[0];
    if (codes.size >= ECHOED_CODES) break;
    if (/\p{N}/u.test(word) && /[\p{L}_-]/u.test(word)) codes.add(word.replace(/[-_]+$/u, ''));
  }
  return { words, codes: [...codes] };
}

/** The first words of a text, bare of punctuation at their ends. */
export function plainWords(text: string, limit: number): string[] {
  const words: string[] = [];
  for (const found of text.matchAll(/\S+/gu)) {
    if (words.length >= limit) break;
    const word = found[0].replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').slice(0, LONGEST_WORD);
    if (word !== '') words.push(word);
  }
  return words;
}
