import type { JsonObject } from '@inferway/core';
import { sse } from '../sse-writer.js';

/** Writes the events of one stream, numbered from 0. */
export class EventWriter {
  #number = 0;

  write(type: string, members: JsonObject): string {
    return sse(JSON.stringify({ type, ...members, sequence_number: this.#number++ }), type);
  }

  /** The text of a delta up to its string, for `delta`: nearly all events are such, and only that string is serialised. */
  head(type: string, members: JsonObject): string {
    const text = JSON.stringify({ type, ...members });
    return `event: ${type}\ndata: ${text.slice(0, -1)},"delta":`;
  }

  /** @param more Further members, each with a comma before it. */
  delta(head: string, text: string, more: string): string {
    return `${head}${JSON.stringify(text)}${more},"sequence_number":${this.#number++}}\n\n`;
  }
}
