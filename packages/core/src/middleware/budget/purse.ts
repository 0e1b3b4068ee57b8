import type { Attempt } from '../../attempts.js';
import type { Call } from '../../call.js';
import { isHeard, tell } from '../../chain-events.js';
import { InferwayError } from '../../error.js';
import { FREE, type NanoUsd } from '../../money.js';
import { priceUsage } from '../../price.js';
import { isAmount } from '../../reported-bill.js';
import { abortReason, linkedController } from '../../signal.js';
import type { Lease } from '../../stores/lease-keeper.js';
import type {
  QuotaDecision,
  QuotaHold,
  QuotaLimit,
  QuotaRefused,
  QuotaState,
  SpendLimit,
} from '../../stores/quota-store.js';
import { boundCost, type CostBound } from '../../cost-bound/cost-bound.js';
import { Alarms } from './alarms.js';
import { budgetRefused, budgetsUnreachable, priceUnknown } from './budget-error.js';
import { BudgetHold, type Asked, type HoldOwner } from './budget-hold.js';
import { noteStanding } from './budget-standing.js';
import { standingsOf, type BudgetState } from './budget-state.js';
import type { BudgetSettings } from './budget-options.js';
import type { Counter } from './budget-rule.js';
import { countersOf } from './read-budgets.js';
import { ExhaustedBudgets } from './exhausted.js';
import { Restorer } from './restorer.js';
import { StoreTicket } from './store-ticket.js';

/** Holds money for attempts, and counts what they cost. */
export class Purse implements HoldOwner {
  readonly #settings: BudgetSettings;
  readonly #exhausted = new ExhaustedBudgets();
  readonly #restorer: Restorer | undefined;
  readonly #alarms: Alarms | undefined;

  constructor(settings: BudgetSettings) {
    this.#settings = settings;
    const { store, ledger, alerts } = settings;
    this.#restorer = ledger === undefined ? undefined : new Restorer(store, ledger);
    this.#alarms = alerts === undefined ? undefined : new Alarms(alerts, store);
  }

  /** The refusal of a call whose budget is known to be used up, before it waits for anything. Asks nobody. */
  precheck(call: Call): InferwayError | undefined {
    if (this.#exhausted.isEmpty) return undefined;
    const now = call.state.runtime.clock.now();
    if (!this.#exhausted.any(now)) return undefined;
    for (const counter of countersOf(this.#settings.budgets, call)) {
      const known = this.#exhausted.find(counter, now);
      if (known === undefined) continue;
      const { state, at } = known;
      noteStanding(call, this, [counter], [state]);
      const retryAfterMs =
        state.resetMs === undefined ? undefined : Math.max(1, state.resetMs - (now - at));
      return budgetRefused(call, { counter, state, reason: 'full', retryAfterMs });
    }
    return undefined;
  }

  get leaseMs(): number {
    return this.#settings.leaseMs;
  }

  /** Holds what the attempt can cost in all of its budgets, in one round trip. Undefined where it has none. */
  reserve(call: Call, attempt: Attempt): BudgetHold | undefined | Promise<BudgetHold> {
    try {
      const held = this.#reserve(call, attempt);
      return held instanceof Promise
        ? held.catch((reason: unknown) => unsent(attempt, reason))
        : held;
    } catch (reason) {
      return unsent(attempt, reason);
    }
  }

  #reserve(call: Call, attempt: Attempt): BudgetHold | undefined | Promise<BudgetHold> {
    const { budgets, store, boundsOf, prices } = this.#settings;
    const counters = countersOf(budgets, call);
    const [first] = counters;
    if (first === undefined) return undefined;
    const bound = boundCost(call, prices, boundsOf(call.model));
    const amount = this.#amountOf(call, first, bound);
    const limits = this.#limitsOf(counters, amount);
    const asked: Asked = { call, attempt, counters, limits, amount };
    // Asked for before anything is held, since the book may throw.
    const assumed = isHeard(call.state) ? bound.assumed : [];
    const held = this.#byHand(asked);
    if (held?.granted === true) return this.#taken(asked, assumed, held);
    const ticket = new StoreTicket(store, call, limits, this.leaseMs);
    const decision = held ?? this.#ask(asked, ticket);
    if (!(decision instanceof Promise) && decision.granted) {
      return this.#taken(asked, assumed, ticket.lease(), decision.states);
    }
    return this.#granted(asked, ticket, decision).then((states) =>
      this.#taken(asked, assumed, ticket.lease(), states),
    );
  }

  /** What a store in this process gives out of hand; undefined where it is elsewhere. */
  #byHand({ call, counters, limits }: Asked): QuotaHold | QuotaRefused | undefined {
    try {
      return this.#settings.store.hold?.(limits);
    } catch (reason) {
      throw budgetsUnreachable(call, counters[0] as Counter, reason);
    }
  }

  /** @param states As a store elsewhere told them. */
  #taken(
    asked: Asked,
    assumed: CostBound['assumed'],
    given: QuotaHold | Lease,
    states?: readonly QuotaState[],
  ): BudgetHold {
    const { call, attempt, counters, amount } = asked;
    if (states !== undefined) this.#note(asked, states);
    if (states !== undefined) noteStanding(call, this, counters, states);
    else if (given.granted === true) noteStanding(call, this, counters, given);
    if (isHeard(call.state)) {
      const known = states ?? (given.granted === true ? given.states() : []);
      tell(call, {
        type: 'budget',
        decision: 'reserved',
        attempt: attempt.number,
        amount,
        assumed,
        budgets: standingsOf(counters, known),
      });
    }
    return new BudgetHold(this, asked, given);
  }

  /** Counts what the attempt cost in the place of what was held. Never fails; where no answer comes, the lease counts what was held. */
  settle({ asked, given }: BudgetHold): void {
    const { limits, amount, attempt } = asked;
    const cost = this.#actualOf(attempt);
    const actual = limits.map(({ kind }) => (kind === 'window' ? (cost ?? amount) : cost));
    try {
      const states =
        given.granted === true
          ? settledByHand(given, actual)
          : given.keeper.settle(given, limits, actual);
      if (states instanceof Promise) {
        states
          .then((told) => this.#settled(asked, cost, told))
          .catch(() => this.#settled(asked, cost, []));
      } else {
        this.#settled(asked, cost, states);
      }
    } catch {
      this.#settled(asked, cost, []);
    }
  }

  /** How all budgets stand that calls like this one count in. One round trip. */
  async states(call: Call): Promise<readonly BudgetState[]> {
    const counters = countersOf(this.#settings.budgets, call);
    const limits = counters.map((counter) => this.#limitOf(counter, 0));
    return standingsOf(counters, await this.#settings.store.read(limits));
  }

  #amountOf(call: Call, first: Counter, { cost, usage }: CostBound): NanoUsd {
    // What is more than can be counted fits into no budget.
    if (cost.known) return isAmount(cost.total) ? cost.total : Number.MAX_SAFE_INTEGER;
    const { unknownPrice } = this.#settings;
    const reckoned = unknownPrice === undefined ? undefined : priceUsage(unknownPrice, usage);
    if (reckoned?.known === true) return reckoned.total;
    throw priceUnknown(call, first);
  }

  #limitsOf(counters: readonly Counter[], amount: NanoUsd): readonly QuotaLimit[] {
    const limits: QuotaLimit[] = counters.map((counter) => this.#limitOf(counter, amount));
    if (this.#alarms === undefined) return limits;
    for (const counter of counters) limits.push(...this.#alarms.windowsOf(counter));
    return limits;
  }

  #limitOf({ key, limit, budget }: Counter, amount: NanoUsd): SpendLimit {
    const common = { kind: 'spend', key, limit, amount, period: budget.period } as const;
    return this.#restorer === undefined ? common : { ...common, restorable: true };
  }

  async #granted(
    asked: Asked,
    ticket: StoreTicket,
    first: QuotaDecision | QuotaRefused | Promise<QuotaDecision>,
  ): Promise<readonly QuotaState[]> {
    let answer: QuotaDecision | Promise<QuotaDecision> = first;
    for (let restored = 0; ; restored++) {
      const decision = answer instanceof Promise ? await answer : answer;
      if (decision.granted) return decision.states;
      if (decision.reason !== 'unknown') throw this.#refusal(asked, decision);
      await this.#restore(asked, decision.refused, restored);
      answer = this.#ask(asked, ticket);
    }
  }

  #ask(asked: Asked, ticket: StoreTicket): QuotaDecision | Promise<QuotaDecision> {
    try {
      const decision = ticket.reserve();
      if (!(decision instanceof Promise)) return decision;
      const late = (answer: QuotaDecision): void => {
        if (answer.granted) ticket.giveBack();
      };
      return unlessAborted(asked.call, decision, late).catch((reason: unknown) => {
        throw this.#failure(asked, ticket, reason);
      });
    } catch (reason) {
      throw this.#failure(asked, ticket, reason);
    }
  }

  #failure({ call, counters }: Asked, ticket: StoreTicket, reason: unknown): InferwayError {
    if (call.signal.aborted) return abortReason(call.signal);
    // It may have been granted all the same. Who decides about outages (`overloaded`) sees to that himself.
    if (!InferwayError.is(reason) || reason.code !== 'overloaded') ticket.giveBack();
    return budgetsUnreachable(call, counters[0] as Counter, reason);
  }

  #refusal(asked: Asked, decision: QuotaRefused): InferwayError {
    const { call, counters, amount } = asked;
    const { refused, reason, retryAfterMs, states } = decision;
    const counter = counters[refused] as Counter;
    const state = states[refused];
    this.#note(asked, states);
    noteStanding(call, this, counters, states);
    if (reason === 'never') return budgetRefused(call, { counter, state, reason, amount });
    if (state !== undefined) this.#alarms?.refused(call, counter, state);
    return budgetRefused(call, { counter, state, reason: 'full', amount, retryAfterMs });
  }

  async #restore(
    { call, counters, limits }: Asked,
    index: number,
    restored: number,
  ): Promise<void> {
    const counter = counters[index] as Counter;
    try {
      if (this.#restorer === undefined || restored > limits.length) {
        throw new Error('The store asks for a counter that was restored already.');
      }
      await unlessAborted(call, this.#restorer.restore(call, counter, limits[index] as SpendLimit));
    } catch (reason) {
      if (call.signal.aborted) throw abortReason(call.signal);
      throw budgetsUnreachable(call, counter, reason);
    }
  }

  /** What is counted; undefined where nobody knows, and it is what was held. */
  #actualOf({ cost, billed, usage }: Attempt): NanoUsd | undefined {
    if (billed === 'no') return 0;
    if (cost?.known === true) return isAmount(cost.total) ? cost.total : undefined;
    const { unknownPrice } = this.#settings;
    if (unknownPrice === undefined || usage === undefined) return undefined;
    const reckoned = priceUsage(unknownPrice, usage);
    return reckoned.known && isAmount(reckoned.total) ? reckoned.total : undefined;
  }

  #settled(asked: Asked, cost: NanoUsd | undefined, states: readonly QuotaState[]): void {
    const { call, counters, attempt, amount } = asked;
    this.#note(asked, states);
    if (isHeard(call.state)) {
      const known = cost !== undefined && attempt.cost?.known === true ? attempt.cost : undefined;
      tell(call, {
        type: 'budget',
        decision: 'settled',
        attempt: attempt.number,
        amount: cost ?? amount,
        estimated: attempt.billed !== 'no' && (known === undefined || known.source === 'estimate'),
        budgets: standingsOf(counters, states),
      });
    }
    const alarms = this.#alarms;
    if (alarms === undefined) return;
    counters.forEach((counter, index) => {
      const state = states[index];
      if (state === undefined) return;
      const windows = counters.length + 2 * index;
      alarms.settled(call, counter, state, states.slice(windows, windows + 2));
    });
  }

  #note({ counters, call }: Asked, states: readonly QuotaState[]): void {
    const { clock } = call.state.runtime;
    for (let index = 0; index < counters.length; index++) {
      const state = states[index];
      if (state !== undefined) this.#exhausted.note(counters[index] as Counter, state, clock);
    }
  }
}

function settledByHand(
  given: QuotaHold,
  actual: readonly (number | undefined)[],
): readonly QuotaState[] {
  given.settle(actual);
  return given.states();
}

// Nothing was sent, whatever layers around this one make of the error.
function unsent(attempt: Attempt, reason: unknown): never {
  attempt.cost = FREE;
  attempt.billed = 'no';
  throw reason;
}

/** `work`, or the call's abort as soon as that comes; what the work gives after it goes to `late`. */
async function unlessAborted<T>(
  call: Call,
  work: Promise<T>,
  late?: (value: T) => void,
): Promise<T> {
  const link = linkedController(call.signal);
  try {
    return await link.race(work, late);
  } finally {
    link.release();
  }
}
