import type { AssistantPart, JsonObject, ReasoningPart, ToolCallPart } from '@inferway/core';
import type { Items, ItemWriter, PartEvent } from './item-writer.js';
import type { Said } from './write-items.js';

type WholePart = Exclude<AssistantPart, Said | ReasoningPart | ToolCallPart>;

/** A part that no delta lets grow: told as it is when it opens, and once more when it is whole. */
export class WholeWriter implements ItemWriter {
  readonly #items: Items;
  readonly #item: JsonObject | undefined;
  readonly #index: number;
  #done = false;

  constructor(items: Items, part: WholePart, at: number) {
    this.#items = items;
    this.#item = items.style.other(part, at);
    this.#index = this.#item === undefined ? -1 : items.next();
  }

  write(event: PartEvent): string {
    if (event.type === 'part-end') return this.#end(event.value);
    const item = this.#item;
    if (event.type !== 'part-start' || item === undefined) return '';
    const added = { output_index: this.#index, item };
    return this.#items.events.write('response.output_item.added', added);
  }

  finish(): string {
    return this.#end(undefined);
  }

  #end(value: JsonObject | undefined): string {
    const item = this.#item;
    if (this.#done || item === undefined) return '';
    this.#done = true;
    return this.#items.done(this.#index, value ?? item);
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
