import type { QuotaState } from '../quota-store.js';
import { spendPeriodOf, type SpendPeriod } from '../spend-period.js';
import { NO_END, UNKNOWN, type Counter, type Moment, type Take } from './counter.js';

const FOREVER = Number.POSITIVE_INFINITY;

/** What one calendar period has used. */
interface Account {
  readonly startsAt: number;
  readonly endsAt: number;
  spent: number;
  held: number;
  /** False until it was restored, where a ledger knows what was spent before. */
  known: boolean;
}

/** Spend of one calendar period at a time. A reservation keeps the account of its own period, so that settling late never moves spend into the next. */
export class SpendCounter implements Counter {
  readonly #period: SpendPeriod;
  #account: Account | undefined;

  constructor(period: SpendPeriod) {
    this.#period = period;
  }

  /** A limit without a ledger behind it begins at 0. */
  begin(moment: Moment): void {
    this.#current(moment).known = true;
  }

  /** Adds what was used before, once. Where `startsAt` is given and is not the beginning of the present period, nothing changes. */
  restore(used: number, startsAt: number | undefined, moment: Moment): void {
    const account = this.#current(moment);
    if (account.known || (startsAt !== undefined && startsAt !== account.startsAt)) return;
    account.known = true;
    account.spent += used;
  }

  /** Counts what no reservation stands for. */
  spend(amount: number, moment: Moment): void {
    this.#current(moment).spent += amount;
  }

  waitMs(limit: number, amount: number, moment: Moment): number {
    const { known, spent, held, endsAt } = this.#current(moment);
    if (!known) return UNKNOWN;
    if (spent + held + amount <= limit) return 0;
    return endsAt === FOREVER ? NO_END : endsAt - moment.wall;
  }

  take(amount: number, _leaseEnd: number, moment: Moment, free = false): Take {
    return new SpendTake(this.#current(moment), amount, free);
  }

  state(moment: Moment): QuotaState {
    const { spent, held, endsAt } = this.#current(moment);
    const used = spent + held;
    if (endsAt === FOREVER) return { used, held };
    return { used, held, resetMs: Math.ceil(endsAt - moment.wall) };
  }

  idle({ wall }: Moment): boolean {
    return this.#account === undefined || this.#account.endsAt <= wall;
  }

  // A wall clock that was put back never opens an account again that was closed. What never ends needs no look at it.
  #current(moment: Moment): Account {
    const known = this.#account;
    if (known !== undefined && (known.endsAt === FOREVER || known.endsAt > moment.wall))
      return known;
    const period = spendPeriodOf(this.#period, moment.wall);
    return (this.#account = { ...period, spent: 0, held: 0, known: false });
  }
}

class SpendTake implements Take {
  readonly #account: Account;
  readonly #amount: number;
  readonly #free: boolean;
  #held = true;
  /** What of it stands in the account as spent. */
  #counted = 0;

  constructor(account: Account, amount: number, free: boolean) {
    this.#account = account;
    this.#amount = amount;
    this.#free = free;
    account.held += amount;
  }

  settle(actual: number | undefined): void {
    this.#count(actual ?? this.#amount);
  }

  /** What was reserved is taken for what was spent, since the provider may have billed it; or it is free again, where that was said. */
  lapse(): void {
    this.#count(this.#free ? 0 : this.#amount);
  }

  #count(spent: number): void {
    if (this.#held) this.#account.held -= this.#amount;
    this.#held = false;
    this.#account.spent += spent - this.#counted;
    this.#counted = spent;
  }

  renew(): void {}
}
