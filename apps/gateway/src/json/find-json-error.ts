const WHITESPACE = /[ \t\n\r]*/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/uy;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The place of the first character that makes a text no JSON, as an offset in UTF-16 units (its length: something is missing at the end),
 * or undefined where the text is JSON. `JSON.parse` tells the place only sometimes, and then beside a piece of the text, which an
 * error message must not hold. Runs only after a failed parse; keeps its own stack, so that nesting cannot overflow it.
 */
export function findJsonError(text: string): number | undefined {
  const scan = new Scan(text);
  const open: string[] = [];
  for (;;) {
    scan.space();
    const first = text[scan.at];
    if (first === '{' || first === '[') {
      scan.at += 1;
      scan.space();
      const close = first === '{' ? '}' : ']';
      if (text[scan.at] !== close) {
        open.push(close);
        if (close === '}' && !scan.key()) return scan.at;
        continue;
      }
      scan.at += 1;
    } else if (first === '"' ? !scan.string() : !scan.skip(SCALAR)) return scan.at;

    // A value is over: what may follow depends on what it stands in.
    for (;;) {
      scan.space();
      const close = open.at(-1);
      if (close === undefined) return scan.at === text.length ? undefined : scan.at;
      const next = text[scan.at];
      if (next !== close && next !== ',') return scan.at;
      scan.at += 1;
      if (next === close) {
        open.pop();
        continue;
      }
      scan.space();
      if (close === '}' && !scan.key()) return scan.at;
      break;
    }
  }
}

/** Says where a text that is no JSON goes wrong, without a piece of it. */
export function jsonFault(text: string): string {
  const at = findJsonError(text) ?? text.length;
  if (at >= text.length) return `it ends too early, after ${text.length} characters`;
  const line = text.slice(0, at).split('\n').length;
  const column = at - (at === 0 ? -1 : text.lastIndexOf('\n', at - 1));
  return `unexpected character at position ${at} (line ${line}, column ${column})`;
}

/** A place in a text. A step that fails leaves `at` on the character at fault. */
class Scan {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.#text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  space(): void {
    this.skip(WHITESPACE);
  }

  key(): boolean {
    if (this.#text[this.at] !== '"' || !this.string()) return false;
    this.space();
    if (this.#text[this.at] !== ':') return false;
    this.at += 1;
    return true;
  }

  // By hand: one pattern for a string of many megabytes would exhaust the pattern matcher's stack.
  string(): boolean {
    const text = this.#text;
    this.at += 1;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.at += 1;
        return true;
      }
      if (code < 0x20) return false;
      if (code !== BACKSLASH) this.at += 1;
      else if (!this.skip(ESCAPE)) return false;
    }
    return false;
  }
}
