import type { ChatEvent } from '../../operations/chat.js';

/** Where an answer goes on. */
export interface JointAt {
  /** The text part that is still open. */
  readonly openText: number | undefined;
  /** The index for further parts. */
  readonly nextIndex: number;
  /** White space at the end of the text so far, which the model was not shown. */
  readonly space: string;
}

/** Makes the events of a continuation those of the answer that it continues: one head, one text part that grows on. */
export class Joint {
  readonly #indexes = new Map<number, number>();
  #openText: number | undefined;
  #nextIndex: number;
  /** What is still to be left out where the continuation begins with it. */
  #space: string;
  #begun = false;

  constructor({ openText, nextIndex, space }: JointAt) {
    this.#openText = openText;
    this.#nextIndex = nextIndex;
    this.#space = space;
  }

  join(events: readonly ChatEvent[]): readonly ChatEvent[] {
    const joined: ChatEvent[] = [];
    for (const event of events) this.#add(event, joined);
    return joined;
  }

  #add(event: ChatEvent, joined: ChatEvent[]): void {
    switch (event.type) {
      case 'start':
        return;
      case 'part-start':
        this.#open(event, joined);
        return;
      case 'finish':
        // It ended without another word.
        if (this.#openText !== undefined) joined.push({ type: 'part-end', index: this.#openText });
        this.#openText = undefined;
        joined.push(event);
        return;
      case 'end':
      case 'resumed':
        joined.push(event);
        return;
      case 'text-delta': {
        const text = this.#begun ? event.text : this.#withoutSpace(event.text);
        if (text !== '' || event.logprobs !== undefined)
          joined.push({ ...event, text, index: this.#indexOf(event.index) });
        return;
      }
      default:
        joined.push({ ...event, index: this.#indexOf(event.index) });
    }
  }

  #open(event: Extract<ChatEvent, { type: 'part-start' }>, joined: ChatEvent[]): void {
    const { part } = event;
    if (part.type !== 'text' || this.#openText === undefined) {
      const index = this.#nextIndex++;
      this.#indexes.set(event.index, index);
      joined.push({ ...event, index });
      return;
    }
    this.#indexes.set(event.index, this.#openText);
    this.#openText = undefined;
    if (part.text === '') return;
    this.#add({ type: 'text-delta', index: event.index, text: part.text }, joined);
  }

  #indexOf(index: number): number {
    return this.#indexes.get(index) ?? index;
  }

  // Models that go on from a text without its last space begin with that space.
  #withoutSpace(text: string): string {
    let at = 0;
    while (at < text.length && at < this.#space.length && text[at] === this.#space[at]) at++;
    this.#space = this.#space.slice(at);
    this.#begun = at < text.length || this.#space === '';
    return text.slice(at);
  }
}
