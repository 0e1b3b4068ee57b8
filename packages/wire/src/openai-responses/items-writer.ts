import type { AssistantPart, JsonObject } from '@inferway/core';
import { answerStyle } from './answer-style.js';
import { emptyMessage } from './encode-response.js';
import type { EventWriter } from './event-writer.js';
import { CallWriter } from './call-writer.js';
import type { Items, ItemWriter, PartEvent } from './item-writer.js';
import { MessageWriter } from './message-writer.js';
import { ReasoningWriter } from './reasoning-writer.js';
import { WholeWriter } from './whole-writer.js';
import { sameMessage, type Said } from './write-items.js';

/** Writes the parts of an answer as output items, which may grow side by side, and keeps them for the response's end. */
export class ItemsWriter {
  readonly #items: Items;
  readonly #writers: Map<number, ItemWriter> = new Map();
  readonly #output: JsonObject[] = [];
  #count = 0;
  /** The message that the next text may belong to. */
  #message: { readonly writer: MessageWriter; readonly part: Said } | undefined;

  constructor(events: EventWriter, answerId: string) {
    this.#items = {
      events,
      style: answerStyle(answerId),
      next: () => this.#count++,
      done: (index, item) => {
        this.#output[index] = item;
        return events.write('response.output_item.done', { output_index: index, item });
      },
    };
  }

  get output(): readonly JsonObject[] {
    return this.#output;
  }

  write(event: PartEvent): string {
    if (event.type !== 'part-start') return this.#writers.get(event.index)?.write(event) ?? '';
    const { part } = event;
    let text = '';
    if (part.type === 'text' || part.type === 'refusal') {
      if (this.#message !== undefined && sameMessage(this.#message.part, part)) {
        this.#writers.set(event.index, this.#message.writer);
        return this.#message.writer.write(event);
      }
      text = this.#message?.writer.last() ?? '';
      const writer = new MessageWriter(this.#items, part);
      this.#message = { writer, part };
      this.#writers.set(event.index, writer);
      return text + writer.write(event);
    }
    text = this.#message?.writer.last() ?? '';
    this.#message = undefined;
    const writer = this.#writerOf(part, event.index);
    this.#writers.set(event.index, writer);
    return text + writer.write(event);
  }

  /** The end of the answer: what is still open is closed. */
  finish(): string {
    let text = '';
    for (const writer of new Set(this.#writers.values())) text += writer.finish();
    if (this.#count > 0) return text;
    const item = emptyMessage(this.#items.style.id('msg', undefined));
    const index = this.#items.next();
    return (
      text +
      this.#items.events.write('response.output_item.added', {
        output_index: index,
        item: { ...item, status: 'in_progress' },
      }) +
      this.#items.done(index, item)
    );
  }

  #writerOf(part: Exclude<AssistantPart, Said>, index: number): ItemWriter {
    switch (part.type) {
      case 'reasoning':
        return new ReasoningWriter(this.#items, part);
      case 'tool-call':
        return new CallWriter(this.#items, part);
      default:
        return new WholeWriter(this.#items, part, index);
    }
  }
}
