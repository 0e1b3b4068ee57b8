import type { JsonObject, ToolCallPart } from '@inferway/core';
import { ownValue } from './dialect.js';
import type { Items, ItemWriter, PartEvent } from './item-writer.js';
import { writeWhole } from './whole-writer.js';
import { callItem } from './write-items.js';

/** A call. One that was cut is told to be incomplete. */
export class CallWriter implements ItemWriter {
  readonly #items: Items;
  readonly #part: ToolCallPart;
  readonly #id: string;
  readonly #index: number;
  readonly #head: string;
  #arguments = '';
  #done = false;

  constructor(items: Items, part: ToolCallPart) {
    this.#items = items;
    this.#part = part;
    this.#index = items.next();
    this.#id = items.style.id('fc', ownValue(part.opaque)?.['id']) ?? '';
    this.#head = items.events.head('response.function_call_arguments.delta', this.#place());
  }

  write(event: PartEvent): string {
    switch (event.type) {
      case 'part-start': {
        const added = { output_index: this.#index, item: this.#item('in_progress') };
        return (
          this.#items.events.write('response.output_item.added', added) +
          this.#grow(this.#part.arguments)
        );
      }
      case 'tool-call-delta':
        return this.#grow(event.arguments);
      case 'part-end':
        return this.#end(event.opaque ?? this.#part.opaque);
      default:
        return '';
    }
  }

  finish(): string {
    if (this.#done) return '';
    this.#done = true;
    return this.#items.done(this.#index, this.#item('incomplete'));
  }

  #grow(text: string): string {
    if (text === '') return '';
    this.#arguments += text;
    return this.#items.events.delta(this.#head, text, '');
  }

  #end(opaque: ToolCallPart['opaque']): string {
    if (this.#done) return '';
    this.#done = true;
    const { events, style } = this.#items;
    const { name } = this.#part;
    const told = events.write('response.function_call_arguments.done', {
      ...this.#place(),
      name,
      arguments: this.#arguments,
    });
    const done = this.#items.done(this.#index, this.#item('completed'));
    const carrier = style.afterCall({ ...this.#part, opaque }, this.#index);
    return told + done + (carrier === undefined ? '' : writeWhole(carrier, this.#items));
  }

  #item(status: string): JsonObject {
    const item = callItem({ ...this.#part, arguments: this.#arguments }, this.#items.style);
    return { ...item, id: this.#id, status };
  }

  #place(): JsonObject {
    return { item_id: this.#id, output_index: this.#index };
  }
}
