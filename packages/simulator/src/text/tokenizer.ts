/**
 * The simulator's tokenizer. A token is
 * - a run of up to six letters or digits, with the one space before it;
 * - any other character, with the one space before it;
 * - a run of further white space.
 * From U+2E80 on (Chinese, Japanese, Korean, emoji) each character is a token. The tokens of a text, joined, are the text.
 */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = tokenEnd(text, start);
    tokens.push(text.slice(start, end));
    start = end;
  }
  return tokens;
}

/** How many tokens `text` has; cheaper than making them. */
export function countTokens(text: string): number {
  let count = 0;
  for (let start = 0; start < text.length; count++) start = tokenEnd(text, start);
  return count;
}

const LONGEST_WORD_PIECE = 6;

function tokenEnd(text: string, start: number): number {
  let index = start;
  if (isSpace(text.charCodeAt(index))) {
    const single = text.charCodeAt(index) === 32 && index + 1 < text.length;
    if (!single || isSpace(text.charCodeAt(index + 1))) {
      while (index < text.length && isSpace(text.charCodeAt(index))) index++;
      // The last space of a run belongs to the word after it.
      const gives = index < text.length && index - start > 1 && text.charCodeAt(index - 1) === 32;
      return gives ? index - 1 : index;
    }
    index++;
  }
  const code = text.charCodeAt(index);
  if (!isWord(code)) return index + (isPair(text, index) ? 2 : 1);
  const limit = Math.min(text.length, index + LONGEST_WORD_PIECE);
  do index++;
  while (index < limit && isWord(text.charCodeAt(index)));
  return index;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    (code >= 0xc0 && code < 0x2000)
  );
}

function isPair(text: string, index: number): boolean {
  const high = text.charCodeAt(index);
  const low = text.charCodeAt(index + 1);
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
