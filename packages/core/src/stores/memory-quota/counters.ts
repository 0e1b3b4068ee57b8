import type { QuotaLimit, QuotaState, SpendLimit } from '../quota-store.js';
import { spendPeriodOf, type SpendPeriod } from '../spend-period.js';
import type { Counter, Moment } from './counter.js';
import { PlaceCounter } from './place-counter.js';
import { Shelf } from './shelf.js';
import { SpendCounter } from './spend-counter.js';
import { WindowCounter } from './window-counter.js';

/** The counters of a store: one for each key and length of window, key and period, key of places. */
export class Counters {
  readonly #most: number;
  readonly #windows = new Map<number, Shelf<WindowCounter>>();
  readonly #spends = new Map<SpendPeriod, Shelf<SpendCounter>>();
  readonly #places: Shelf<PlaceCounter>;

  constructor(most: number) {
    this.#most = most;
    this.#places = new Shelf(most, () => new PlaceCounter());
  }

  get size(): number {
    let size = this.#places.size;
    for (const shelf of this.#windows.values()) size += shelf.size;
    for (const shelf of this.#spends.values()) size += shelf.size;
    return size;
  }

  of(limit: QuotaLimit, moment: Moment): Counter {
    switch (limit.kind) {
      case 'window':
        return this.#windowShelf(limit.windowMs).ensure(limit.key, moment);
      case 'places':
        return this.#places.ensure(limit.key, moment);
      case 'spend': {
        const counter = this.spend(limit, moment);
        if (limit.restorable !== true) counter.begin(moment);
        return counter;
      }
    }
  }

  spend({ key, period }: SpendLimit, moment: Moment): SpendCounter {
    let shelf = this.#spends.get(period);
    if (shelf === undefined) {
      shelf = new Shelf(this.#most, () => new SpendCounter(period));
      this.#spends.set(period, shelf);
    }
    return shelf.ensure(key, moment);
  }

  /** How a limit stands, without a counter made for the question. */
  state(limit: QuotaLimit, moment: Moment): QuotaState {
    return this.#find(limit)?.state(moment) ?? untouched(limit, moment);
  }

  #find(limit: QuotaLimit): Counter | undefined {
    if (limit.kind === 'places') return this.#places.find(limit.key);
    const shelf =
      limit.kind === 'window' ? this.#windows.get(limit.windowMs) : this.#spends.get(limit.period);
    return shelf?.find(limit.key);
  }

  #windowShelf(windowMs: number): Shelf<WindowCounter> {
    let shelf = this.#windows.get(windowMs);
    if (shelf === undefined) {
      shelf = new Shelf(this.#most, () => new WindowCounter(windowMs));
      this.#windows.set(windowMs, shelf);
    }
    return shelf;
  }
}

function untouched(limit: QuotaLimit, { wall }: Moment): QuotaState {
  if (limit.kind === 'window') return { used: 0, resetMs: 0 };
  if (limit.kind === 'places' || limit.period === 'total') return { used: 0, held: 0 };
  return { used: 0, held: 0, resetMs: Math.ceil(spendPeriodOf(limit.period, wall).endsAt - wall) };
}
