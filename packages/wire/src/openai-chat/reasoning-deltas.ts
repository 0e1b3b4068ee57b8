import type { JsonObject, JsonValue, Opaque } from '@inferway/core';
import { asNumber, asString } from '../lenient.js';
import { OPENAI_CHAT } from './dialect.js';
import { entryText, readTagged } from './reasoning-details.js';

/** Members of an entry that come in pieces. */
const GROWING = ['text', 'summary', 'data'] as const;

/** The `reasoning_details` of a stream: a provider's own entries grow by their index; one with our tag closes the part it tells of. */
export class ReasoningDeltas {
  #entries: Record<string, JsonValue | undefined>[] = [];
  #tagged: Opaque | undefined;
  #closes = false;

  /** Entries have come that no part carries yet. */
  get pending(): boolean {
    return this.#entries.length > 0 || this.#tagged !== undefined;
  }

  /** The entry taken last is the whole of its part. */
  get closes(): boolean {
    return this.#closes;
  }

  /**
   * Takes an entry and gives the text that it adds.
   * @param told The text comes in another field as well.
   * @param open A reasoning part is open, so that its text has come already.
   */
  push(entry: JsonObject, told: boolean, open: boolean): string {
    const tagged = readTagged(entry);
    this.#closes = tagged !== undefined;
    if (tagged !== undefined) {
      this.#tagged = tagged.part.opaque;
      return open ? '' : tagged.part.text;
    }
    const index = asNumber(entry['index']);
    const last =
      index === undefined
        ? this.#entries.at(-1)
        : this.#entries.find((other) => other['index'] === index);
    if (last === undefined || last['type'] !== entry['type']) this.#entries.push({ ...entry });
    else grow(last, entry);
    return told ? '' : entryText(entry);
  }

  /** What the part that closes must carry. */
  take(): Opaque | undefined {
    const tagged = this.#tagged;
    this.#tagged = undefined;
    if (tagged !== undefined || this.#entries.length === 0) return tagged;
    const value = this.#entries as JsonObject[];
    this.#entries = [];
    return { format: OPENAI_CHAT, value };
  }
}

function grow(entry: Record<string, JsonValue | undefined>, more: JsonObject): void {
  for (const key of Object.keys(more)) {
    const value = more[key];
    if (value === null || value === undefined || key === '__proto__') continue;
    const grows = (GROWING as readonly string[]).includes(key);
    entry[key] = grows ? (asString(entry[key]) ?? '') + (asString(value) ?? '') : value;
  }
}
