/** What a fair queue must know of one that waits. */
export interface Queued {
  /** Who shares turns: within one priority tenants take turns, whatever the number of their calls. */
  readonly tenant: string;
  /** Higher first. */
  readonly priority: number;
  /** How many calls its tenant may have served in one turn. */
  readonly weight: number;
  /** Lower first, within its tenant. */
  readonly order: number;
}

interface Flow<W> {
  /** In their order. */
  readonly waiting: W[];
  /** Calls that are left of this turn. */
  credit: number;
}

interface Level<W> {
  readonly priority: number;
  /** By tenant; the first one has its turn. */
  readonly flows: Map<string, Flow<W>>;
}

/** Those who wait for one thing: by priority, then tenants in turn, then first come, first served. */
export class FairQueue<W extends Queued> {
  /** The most urgent first; none is empty. */
  readonly #levels: Level<W>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whose turn it is. Stays so until it is taken or removed, or somebody more urgent comes. */
  first(): W | undefined {
    return this.#levels[0]?.flows.values().next().value?.waiting[0];
  }

  add(waiter: W): void {
    const { flows } = this.#levelOf(waiter.priority);
    let flow = flows.get(waiter.tenant);
    if (flow === undefined) {
      flow = { waiting: [], credit: waiter.weight };
      flows.set(waiter.tenant, flow);
    }
    // Almost always the last one; who waited elsewhere before comes earlier.
    let at = flow.waiting.length;
    while (at > 0 && (flow.waiting[at - 1] as W).order > waiter.order) at--;
    flow.waiting.splice(at, 0, waiter);
    this.#size++;
  }

  /** It was served: that counts for its tenant's turn. */
  take(waiter: W): void {
    const flow = this.#remove(waiter);
    if (flow === undefined || --flow.credit > 0) return;
    const flows = this.#levels.find((level) => level.priority === waiter.priority)?.flows;
    if (flows?.delete(waiter.tenant) === true) {
      flows.set(waiter.tenant, { waiting: flow.waiting, credit: waiter.weight });
    }
  }

  /** It leaves without being served. */
  remove(waiter: W): void {
    this.#remove(waiter);
  }

  #remove(waiter: W): Flow<W> | undefined {
    const index = this.#levels.findIndex((level) => level.priority === waiter.priority);
    const flows = this.#levels[index]?.flows;
    const flow = flows?.get(waiter.tenant);
    const at = flow?.waiting.indexOf(waiter) ?? -1;
    if (flows === undefined || flow === undefined || at < 0) return undefined;
    flow.waiting.splice(at, 1);
    this.#size--;
    if (flow.waiting.length === 0) flows.delete(waiter.tenant);
    if (flows.size === 0) this.#levels.splice(index, 1);
    return flow;
  }

  #levelOf(priority: number): Level<W> {
    let at = 0;
    while (at < this.#levels.length && (this.#levels[at] as Level<W>).priority > priority) at++;
    const found = this.#levels[at];
    if (found?.priority === priority) return found;
    const level: Level<W> = { priority, flows: new Map() };
    this.#levels.splice(at, 0, level);
    return level;
  }
}
