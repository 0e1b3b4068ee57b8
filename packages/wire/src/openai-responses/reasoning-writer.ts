import type { JsonObject, ReasoningPart } from '@inferway/core';
import { asText } from '../lenient.js';
import { ownValue } from './dialect.js';
import type { Items, ItemWriter, PartEvent } from './item-writer.js';
import { writeReasoning } from './reasoning-item.js';

/** Reasoning: told as one section of a summary, with its signature once it is done. */
export class ReasoningWriter implements ItemWriter {
  readonly #items: Items;
  readonly #part: ReasoningPart;
  readonly #id: string;
  readonly #index: number;
  #text = '';
  #head: string | undefined;
  #done = false;

  constructor(items: Items, part: ReasoningPart) {
    this.#items = items;
    this.#part = part;
    this.#index = items.next();
    this.#id = asText(ownValue(part.opaque)?.['id']) ?? items.style.id('rs', undefined) ?? '';
  }

  write(event: PartEvent): string {
    switch (event.type) {
      case 'part-start': {
        const item = { id: this.#id, type: 'reasoning', status: 'in_progress', summary: [] };
        const added = { output_index: this.#index, item };
        return (
          this.#items.events.write('response.output_item.added', added) +
          this.#grow(this.#part.text)
        );
      }
      case 'reasoning-delta':
        return this.#grow(event.text);
      case 'part-end':
        return this.#end(event.opaque ?? this.#part.opaque);
      default:
        return '';
    }
  }

  finish(): string {
    return this.#end(this.#part.opaque);
  }

  #grow(text: string): string {
    if (text === '') return '';
    this.#text += text;
    const { events } = this.#items;
    let opened = '';
    if (this.#head === undefined) {
      this.#head = events.head('response.reasoning_summary_text.delta', this.#place());
      const part = { type: 'summary_text', text: '' };
      opened = events.write('response.reasoning_summary_part.added', { ...this.#place(), part });
    }
    return opened + events.delta(this.#head, text, '');
  }

  #end(opaque: ReasoningPart['opaque']): string {
    if (this.#done) return '';
    this.#done = true;
    const { events } = this.#items;
    const text = this.#text;
    const place = this.#place();
    const told =
      this.#head === undefined
        ? ''
        : events.write('response.reasoning_summary_text.done', { ...place, text }) +
          events.write('response.reasoning_summary_part.done', {
            ...place,
            part: { type: 'summary_text', text },
          });
    const written = writeReasoning({ type: 'reasoning', text, opaque }, this.#id);
    // The id that the item began with is the one that it keeps: clients compare.
    return told + this.#items.done(this.#index, { ...written, id: this.#id });
  }

  #place(): JsonObject {
    return { item_id: this.#id, output_index: this.#index, summary_index: 0 };
  }
}
