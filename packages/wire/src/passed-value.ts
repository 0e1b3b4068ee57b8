/*
 * Values in a JSON text that are passed over unread, since whoever reads it has no use for them: counts (whole numbers from 0), and strings
 * without escapes.
 */

const QUOTE = 34;
const BACKSLASH = 92;
const ZERO = 48;
const NINE = 57;

/** A member with such a value. No string can hold a match: behind its quote stands what a name is not made of. */
const MEMBER = /(?<!\\)"(\w+)": ?(0|[1-9]\d*|"[^"\\]*")/gu;

/** The text in pieces: what stands before, between and after the values of members of these names. */
export function piecesAround(names: readonly string[], text: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const { 0: whole, 1: name = '', 2: value = '', index } of text.matchAll(MEMBER)) {
    if (!names.includes(name)) continue;
    const end = index + whole.length;
    pieces.push(text.slice(from, end - value.length));
    from = end;
  }
  pieces.push(text.slice(from));
  return pieces;
}

/** The index after the value that begins at `start`, -1 where there is none. */
export function endOfPassed(text: string, start: number): number {
  let end = start;
  if (text.charCodeAt(start) === QUOTE) {
    do end++;
    while (isPlain(text.charCodeAt(end)));
    return text.charCodeAt(end) === QUOTE ? end + 1 : -1;
  }
  while (isDigit(text.charCodeAt(end))) end++;
  return isCount(text, start, end) ? end : -1;
}

/** The index at which the value begins that ends before `end`, -1 where there is none. The text before it must still be seen to be JSON. */
export function startOfPassed(text: string, end: number): number {
  let start = end;
  if (text.charCodeAt(end - 1) === QUOTE) {
    start--;
    do start--;
    while (isPlain(text.charCodeAt(start)));
    return text.charCodeAt(start) === QUOTE ? start : -1;
  }
  while (isDigit(text.charCodeAt(start - 1))) start--;
  return isCount(text, start, end) ? start : -1;
}

/** Whether a character stands for itself within quotes. Past either end of a text there is none. */
function isPlain(code: number): boolean {
  return code !== QUOTE && code !== BACKSLASH && !Number.isNaN(code);
}

// JSON has no zeros in front.
function isCount(text: string, start: number, end: number): boolean {
  return end - start === 1 || (end > start && text.charCodeAt(start) !== ZERO);
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
