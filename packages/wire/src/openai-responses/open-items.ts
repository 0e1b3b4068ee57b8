import { asText } from '../lenient.js';
import type { OpenItem } from './open-item.js';

/**
 * The items of one stream, to be found by `output_index` and by id, since either of them may be wrong: some servers give all items one index,
 * some proxies give an item another id in each event.
 */
export class OpenItems {
  readonly #byIndex: Map<number, OpenItem> = new Map();
  readonly #byId: Map<string, OpenItem> = new Map();
  /** In the order in which they were added. */
  readonly all: OpenItem[] = [];

  find(index: number | undefined, id: string | undefined): OpenItem | undefined {
    const named = id === undefined ? undefined : this.#byId.get(id);
    if (named !== undefined) return named;
    // An event that names no item at all is about the last one.
    return index === undefined && id === undefined
      ? this.all.at(-1)
      : this.#byIndex.get(index ?? -1);
  }

  add(index: number | undefined, item: OpenItem): OpenItem {
    this.all.push(item);
    this.#byIndex.set(index ?? this.all.length - 1, item);
    const id = asText(item.item['id']);
    if (id !== undefined) this.#byId.set(id, item);
    return item;
  }
}
