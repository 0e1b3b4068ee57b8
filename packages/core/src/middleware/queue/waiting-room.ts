import { remainingMs } from '../../deadline.js';
import type { Polling, LineHost } from './line.js';
import { Line } from './line.js';
import { priorityOf } from './priority.js';
import type { QueueRules } from './queue-options.js';
import { Waiter, type Entrant } from './waiter.js';

/** Where the calls of one layer wait: a line for each thing that is waited for, and one bound for all of them. */
export class WaitingRoom<T> implements LineHost<T> {
  readonly polling: Polling | undefined;
  readonly #rules: QueueRules;
  /** None is empty. */
  readonly #lines = new Map<string, Line<T>>();
  /** How many wait, by tenant; none is 0. */
  readonly #tenants = new Map<string, number>();
  #waiting = 0;
  #order = 0;

  /** @param polling For room that others may make without this process hearing of it. */
  constructor(rules: QueueRules, polling?: Polling) {
    this.#rules = rules;
    this.polling = polling;
  }

  get isEmpty(): boolean {
    return this.#waiting === 0;
  }

  /** True where somebody waits for it, so that who comes now has to stand behind. */
  hasLine(key: string): boolean {
    return this.#lines.has(key);
  }

  /** How many wait for it. */
  lengthOf(key: string): number {
    return this.#lines.get(key)?.queue.size ?? 0;
  }

  /**
   * Puts a call in line, until it is let in.
   *
   * @param waitMs Milliseconds until there may be room, where that is known.
   * @throws at once where it cannot wait, and later where it waited in vain.
   */
  enter(entrant: Entrant<T>, key: string, waitMs: number | undefined): Promise<T> {
    const { maxWaiting, maxWaitingPerTenant, maxWaitMs, fairBy, weightOf } = this.#rules;
    const { state } = entrant.call;
    const found = this.#lines.get(key);
    const known = Math.max(0, waitMs ?? found?.blockedMs ?? 0);
    const patience = Math.min(maxWaitMs, remainingMs(state));
    const told = known > 0 ? known : undefined;
    if (known > patience || patience <= 0) throw entrant.refusal('too-long', key, told);
    if (this.#waiting >= maxWaiting) throw entrant.refusal('queue-full', key, told);
    const tenant = fairBy(entrant.call);
    const ofTenant = this.#tenants.get(tenant) ?? 0;
    if (ofTenant >= maxWaitingPerTenant) throw entrant.refusal('tenant-full', key, told);

    const place = {
      tenant,
      priority: priorityOf(state),
      weight: weightOf(tenant),
      order: ++this.#order,
    };
    const waiter = new Waiter(entrant, key, place, patience, this.#onLeave);
    this.#tenants.set(tenant, ofTenant + 1);
    this.#waiting++;
    this.#join(waiter, key, waitMs);
    return waiter.promise;
  }

  /** There may be room. */
  wake(key: string): void {
    this.#lines.get(key)?.wake();
  }

  move(waiter: Waiter<T>, key: string, waitMs: number | undefined): void {
    waiter.key = key;
    this.#join(waiter, key, waitMs);
  }

  closed(key: string): void {
    this.#lines.delete(key);
  }

  #join(waiter: Waiter<T>, key: string, waitMs: number | undefined): void {
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = new Line(key, this, waiter.entrant.call.state.runtime.clock);
      this.#lines.set(key, line);
      line.queue.add(waiter);
      // It was just refused: looking again now would find the same.
      line.block(waitMs);
    } else {
      line.queue.add(waiter);
    }
  }

  readonly #onLeave = (waiter: Waiter<T>): void => {
    this.#waiting--;
    const left = (this.#tenants.get(waiter.tenant) ?? 1) - 1;
    if (left === 0) this.#tenants.delete(waiter.tenant);
    else this.#tenants.set(waiter.tenant, left);
    const line = this.#lines.get(waiter.key);
    line?.queue.remove(waiter);
    line?.thin();
  };
}
