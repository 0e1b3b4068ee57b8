import { checkAmounts } from '../check-quota.js';
import type { QuotaHold, QuotaLimit, QuotaState } from '../quota-store.js';
import type { Moment, Take } from './counter.js';

/** What a hold asks of the store that gave it. */
export interface HoldKeeper {
  begin(): Moment;
  states(limits: readonly QuotaLimit[], moment: Moment): readonly QuotaState[];
}

/** What was taken for who keeps it himself. */
export class MemoryHold implements QuotaHold {
  readonly granted = true;
  readonly #store: HoldKeeper;
  readonly #limits: readonly QuotaLimit[];
  readonly #takes: readonly Take[];
  #settled = false;

  constructor(store: HoldKeeper, limits: readonly QuotaLimit[], takes: readonly Take[]) {
    this.#store = store;
    this.#limits = limits;
    this.#takes = takes;
  }

  states(): readonly QuotaState[] {
    return this.#store.states(this.#limits, this.#store.begin());
  }

  settle(actual: readonly (number | undefined)[]): void {
    checkAmounts(actual);
    if (this.#settled) return;
    this.#settled = true;
    const takes = this.#takes;
    for (let index = 0; index < takes.length; index++) takes[index]?.settle(actual[index]);
  }

  lapse(): void {
    if (this.#settled) return;
    for (const take of this.#takes) take.lapse();
  }
}
