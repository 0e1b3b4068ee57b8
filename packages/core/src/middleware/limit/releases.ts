import type { QuotaLimit, QuotaStore } from '../../stores/quota-store.js';

/** Who may wait for what others of this process hold. */
export interface Waiting {
  readonly isEmpty: boolean;
  /** There may be room in the counter of this name. */
  wake(key: string): void;
}

/** Tells all layers of this process that share a store when one of them gave something back. */
export class Releases {
  // Layers may come and go with clients; a room that nobody else knows is not kept.
  readonly #rooms = new Set<WeakRef<Waiting>>();

  add(room: Waiting): void {
    this.#rooms.add(new WeakRef(room));
  }

  freed(limits: readonly QuotaLimit[]): void {
    if (this.#rooms.size === 0) return;
    for (const known of this.#rooms) {
      const room = known.deref();
      if (room === undefined) this.#rooms.delete(known);
      else if (!room.isEmpty) for (const { key } of limits) room.wake(key);
    }
  }
}

const RELEASES = new WeakMap<QuotaStore, Releases>();

/** Of the layers that share `store`. */
export function releasesOf(store: QuotaStore): Releases {
  let releases = RELEASES.get(store);
  if (releases === undefined) RELEASES.set(store, (releases = new Releases()));
  return releases;
}
