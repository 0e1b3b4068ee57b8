const OPEN = '<think>';
const CLOSE = '</think>';

/** Takes a piece of the text; `thinking` says on which side of the tags it stood. */
export type TakePiece = (piece: string, thinking: boolean) => void;

/**
 * Splits reasoning that stands inside the text as `<think>…</think>` from the answer after it, in pieces of any size. Only a tag at the
 * very beginning counts, so that an answer about such tags stays whole; the line breaks around the tags are dropped.
 */
export class ThinkTags {
  #state: 'before' | 'inside' | 'after' | 'answer';
  /** What may be the beginning of a tag. */
  #held = '';

  /** @param tags `closing` where the chat template has written the opening tag into the prompt. */
  constructor(tags: 'tags' | 'closing') {
    this.#state = tags === 'closing' ? 'inside' : 'before';
  }

  push(piece: string, take: TakePiece): void {
    if (this.#state === 'answer') {
      take(piece, false);
      return;
    }
    let text = this.#held + piece;
    this.#held = '';
    if (this.#state === 'before') {
      const start = text.trimStart();
      if (start.length < OPEN.length && OPEN.startsWith(start)) {
        this.#held = text;
        return;
      }
      if (!start.startsWith(OPEN)) {
        this.#state = 'answer';
        take(text, false);
        return;
      }
      this.#state = 'inside';
      text = start.slice(OPEN.length);
    }
    if (this.#state === 'inside') {
      const end = text.indexOf(CLOSE);
      if (end === -1) {
        const keep = tagStart(text);
        this.#held = text.slice(text.length - keep);
        if (keep < text.length) take(text.slice(0, text.length - keep), true);
        return;
      }
      if (end > 0) take(text.slice(0, end), true);
      this.#state = 'after';
      text = text.slice(end + CLOSE.length);
    }
    const answer = text.trimStart();
    if (answer === '') return;
    this.#state = 'answer';
    take(answer, false);
  }

  /** The text is over: what looked like the beginning of a tag was none. */
  end(take: TakePiece): void {
    if (this.#held !== '') take(this.#held, this.#state === 'inside');
    this.#held = '';
  }
}

/** How many characters at the end of `text` are the beginning of a closing tag. */
function tagStart(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(CLOSE.slice(0, length))) return length;
  }
  return 0;
}
