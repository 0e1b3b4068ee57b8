import type { ChatEvent, JsonObject } from '@inferway/core';
import type { EventWriter } from './event-writer.js';
import type { ItemStyle } from './write-items.js';

/** Events of the parts of an answer. */
export type PartEvent = Exclude<ChatEvent, { type: 'start' | 'resumed' | 'finish' | 'end' }>;

/** Writes one item, from the first of its parts to the last. */
export interface ItemWriter {
  /** Takes an event of one of the item's parts. */
  write(event: PartEvent): string;
  /** The text that ends the item, where it has not ended. */
  finish(): string;
}

/** What the writers of one stream's items share. */
export interface Items {
  readonly events: EventWriter;
  readonly style: ItemStyle;
  /** Takes the place of an item in `output`. */
  next(): number;
  /** The item as it is when it is done, with the event that says so. */
  done(index: number, item: JsonObject): string;
}
