import type { ChatEvent } from '../../operations/chat.js';
import { foldChat } from '../../operations/chat-fold.js';
import { chatTraits } from '../../operations/chat-traits.js';
import { messageText } from '../../operations/message-text.js';

/** What a stream has delivered, as far as it decides how the answer can go on. */
export class AnswerSoFar {
  #fold = foldChat();
  #began = false;
  #final = false;
  #plain = true;
  #openText: number | undefined;
  #lastIndex = -1;
  readonly #openCalls = new Set<string>();

  /** The reader has got content: what fails from here on is no longer anybody else's to repeat (law 1). */
  get began(): boolean {
    return this.#began;
  }

  /** Nothing may be repeated or added: the model has called a tool, a provider has run one, or the answer has ended but for its signal. */
  get final(): boolean {
    return this.#final;
  }

  /** The text that a model could go on from; undefined where there is more to the answer than text, or none. */
  get text(): string | undefined {
    if (!this.#plain) return undefined;
    const text = messageText(this.#fold.result().message);
    return text.trim() === '' ? undefined : text;
  }

  /** The text part that is still open. */
  get openText(): number | undefined {
    return this.#openText;
  }

  /** The index for a further part. */
  get nextIndex(): number {
    return this.#lastIndex + 1;
  }

  add(event: ChatEvent): void {
    this.#fold.add(event);
    this.#began ||= chatTraits.isContent?.(event) === true;
    if ('choice' in event && event.choice !== undefined) this.#plain = false;
    switch (event.type) {
      case 'part-start':
        this.#opened(event);
        break;
      case 'part-end':
        if (event.index === this.#openText) this.#openText = undefined;
        // A whole call may be running already.
        if (this.#openCalls.has(`${event.choice ?? 0} ${event.index}`)) this.#final = true;
        break;
      case 'citation':
        this.#plain = false;
        break;
      case 'finish':
        this.#final = true;
        break;
      case 'resumed':
        if (event.mode === 'restart') this.#takeBack();
        break;
      default:
    }
  }

  #opened({ index, part, choice }: Extract<ChatEvent, { type: 'part-start' }>): void {
    this.#lastIndex = Math.max(this.#lastIndex, index);
    if (part.type === 'text') {
      this.#openText = index;
      return;
    }
    this.#plain = false;
    if (part.type === 'tool-call') this.#openCalls.add(`${choice ?? 0} ${index}`);
    // A tool that the provider runs, or a call in its own words.
    else if (part.type === 'provider') this.#final = true;
  }

  #takeBack(): void {
    this.#fold = foldChat();
    this.#began = true;
    this.#plain = true;
    this.#openText = undefined;
    this.#lastIndex = -1;
    this.#openCalls.clear();
  }
}
