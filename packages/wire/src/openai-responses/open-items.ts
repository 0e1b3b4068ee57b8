import { asText } from '../lenient.js';
import type { OpenItem } from './open-item.js';

/**
 * The items of one stream, to be found by `output_index` and by id, since either of them may be wrong: some servers give all items one index,
 * some give all calls one id, some proxies give an item another id in each event.
 */
export class OpenItems {
  readonly #byIndex: Map<number, OpenItem> = new Map();
  readonly #byId: Map<string, OpenItem> = new Map();
  /** In the order in which they were added. */
  readonly all: OpenItem[] = [];

  find(index: number | undefined, id: string | undefined): OpenItem | undefined {
    // An event that names no item at all is about the last one.
    if (index === undefined && id === undefined) return this.all.at(-1);
    const at = this.#byIndex.get(index ?? -1);
    // Where both agree, it is no matter that another item has the same id.
    if (id === undefined || (at !== undefined && asText(at.item['id']) === id)) return at;
    return this.#byId.get(id) ?? at;
  }

  /** Whether an item stands at this place. */
  has(index: number | undefined): boolean {
    return index === undefined || this.#byIndex.has(index);
  }

  add(index: number | undefined, item: OpenItem): OpenItem {
    this.all.push(item);
    this.#byIndex.set(index ?? this.all.length - 1, item);
    const id = asText(item.item['id']);
    if (id !== undefined) this.#byId.set(id, item);
    return item;
  }
}
