import type { AssistantPart, JsonObject, ReasoningPart, ToolCallPart } from '@inferway/core';
import type { Items, ItemWriter, PartEvent } from './item-writer.js';
import type { Said } from './write-items.js';

type WholePart = Exclude<AssistantPart, Said | ReasoningPart | ToolCallPart>;

/** A part that is told at once, when it is whole. */
export class WholeWriter implements ItemWriter {
  readonly #items: Items;
  readonly #part: WholePart;
  readonly #at: number;
  #done = false;

  constructor(items: Items, part: WholePart, at: number) {
    this.#items = items;
    this.#part = part;
    this.#at = at;
  }

  write(event: PartEvent): string {
    return event.type === 'part-end' ? this.#end(event.value) : '';
  }

  finish(): string {
    return this.#end(undefined);
  }

  #end(value: JsonObject | undefined): string {
    if (this.#done) return '';
    this.#done = true;
    const part = this.#part;
    const said = part.type === 'provider' && value !== undefined ? { ...part, value } : part;
    const item = this.#items.style.other(said, this.#at);
    return item === undefined ? '' : writeWhole(item, this.#items);
  }
}

/** An item that is added and done at once. */
export function writeWhole(item: JsonObject, items: Items): string {
  const index = items.next();
  return (
    items.events.write('response.output_item.added', { output_index: index, item }) +
    items.done(index, item)
  );
}
