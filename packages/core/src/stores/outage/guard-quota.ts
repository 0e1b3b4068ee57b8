import { BoundedMap } from '../../bounded-map.js';
import { InferwayError } from '../../error.js';
import type {
  QuotaDecision,
  QuotaGranted,
  QuotaLimit,
  QuotaRefused,
  QuotaState,
  QuotaStore,
  Reservation,
  Settlement,
  SpendLimit,
} from '../quota-store.js';
import { BudgetLeases, type Draw } from './budget-leases.js';
import {
  readGuardQuotaOptions,
  type GuardQuotaOptions,
  type GuardQuotaSettings,
} from './guard-quota-options.js';
import { KeptSettlements } from './kept-settlements.js';
import { LocalShares, type SharedLimit } from './local-shares.js';
import { StoreGone, StoreLink } from './store-link.js';

/**
 * A quota store whose outages are bounded in time and decided by a policy: limits by a share of each process, budgets by what was reserved
 * beforehand, then closed (`overloaded` with `retryAfterMs`, never retried). Settlements are kept and delivered once the store is back. During an
 * outage `settle` tells no states, and `read`, `restore` and `claim` fail.
 *
 * @throws {InferwayError} `configuration`, when built, for options that cannot work.
 */
export function guardQuota(store: QuotaStore, options: GuardQuotaOptions): QuotaStore {
  return new GuardedQuota(store, readGuardQuotaOptions(options));
}

/** What was let in here while the store was away. */
interface LocalGrant {
  readonly draws: readonly Draw[];
}

// Grants are dropped when they are settled; this bounds those that never are.
const MOST_GRANTS = 100_000;

class GuardedQuota implements QuotaStore {
  readonly #store: QuotaStore;
  readonly #settings: GuardQuotaSettings;
  readonly #link: StoreLink;
  readonly #kept: KeptSettlements;
  readonly #leases: BudgetLeases | undefined;
  readonly #shares: LocalShares;
  readonly #grants = new BoundedMap<string, LocalGrant>(MOST_GRANTS);
  /** On their way, for `close`. */
  readonly #settling = new Set<Promise<unknown>>();

  constructor(store: QuotaStore, settings: GuardQuotaSettings) {
    const { clock, retryMs, maxKept, budgets, leaseShare, maxLeases, leaseMs } = settings;
    this.#store = store;
    this.#settings = settings;
    this.#link = new StoreLink('quota', settings, effectOf(settings));
    this.#kept = new KeptSettlements(store, this.#link, clock, retryMs, maxKept);
    this.#shares = new LocalShares(store, this.#link, clock, settings);
    const keep = (settlement: Settlement): void => {
      this.#kept.keep(settlement);
      if (!this.#link.isDown) void this.#kept.deliver();
    };
    const size = { share: leaseShare, most: maxLeases, leaseMs };
    this.#leases =
      budgets === 'lease' ? new BudgetLeases(store, this.#link, clock, size, keep) : undefined;
    this.#link.onUp = () => {
      this.#leases?.closeAll();
      this.#shares.up();
      void this.#kept.deliver();
    };
  }

  reserve(reservation: Reservation): QuotaDecision | Promise<QuotaDecision> {
    const late = (answer: QuotaDecision | undefined): void => {
      // Nobody waits for it any more: what it may hold goes back.
      if (answer?.granted !== false) this.#undo(reservation);
    };
    const locally = (reason: unknown): QuotaDecision => this.#locally(reservation, reason);
    const refusal = this.#shares.isCareful ? this.#refusalOfShare(reservation) : undefined;
    if (refusal !== undefined) return refusal;
    try {
      const decision = this.#link.run(() => this.#store.reserve(reservation), late);
      if (!(decision instanceof Promise)) return this.#decided(reservation, decision);
      return decision.then((answer) => this.#decided(reservation, answer), locally);
    } catch (reason) {
      return locally(reason);
    }
  }

  settle(settlement: Settlement): readonly QuotaState[] | Promise<readonly QuotaState[]> {
    const grant = this.#grants.peek(settlement.id);
    if (grant !== undefined) return this.#settleLocally(settlement, grant);
    this.#settleShares(settlement);
    const keep = (reason: unknown): readonly QuotaState[] => {
      if (!(reason instanceof StoreGone)) throw reason;
      this.#kept.keep(settlement);
      return [];
    };
    try {
      const states = this.#link.run(() => this.#store.settle(settlement));
      if (!(states instanceof Promise)) return states;
      const settling = states.catch(keep).finally(() => this.#settling.delete(settling));
      this.#settling.add(settling);
      return settling;
    } catch (reason) {
      return keep(reason);
    }
  }

  renew(ids: readonly string[], leaseMs: number): void | Promise<void> {
    this.#shares.renew(ids, leaseMs);
    const there = ids.filter((id) => this.#grants.peek(id) === undefined);
    if (there.length === 0) return undefined;
    try {
      const renewed = this.#link.run(() => this.#store.renew(there, leaseMs));
      // A lease that ended is put right when it is settled.
      return renewed instanceof Promise ? renewed.catch(unlessGone) : renewed;
    } catch (reason) {
      return unlessGone(reason);
    }
  }

  read(limits: readonly QuotaLimit[]): readonly QuotaState[] | Promise<readonly QuotaState[]> {
    return this.#orClosed(() => this.#store.read(limits));
  }

  restore(limit: SpendLimit, used: number, startsAt?: number): void | Promise<void> {
    return this.#orClosed(() => this.#store.restore(limit, used, startsAt));
  }

  claim(name: string, ttlMs: number): boolean | Promise<boolean> {
    return this.#orClosed(() => this.#store.claim(name, ttlMs));
  }

  async close(): Promise<void> {
    await this.#leases?.close();
    await Promise.allSettled(this.#settling);
    await Promise.all([this.#kept.close(), this.#shares.close()]);
    await this.#store.close?.();
  }

  #decided(reservation: Reservation, decision: QuotaDecision): QuotaDecision {
    this.#countHere(reservation, decision);
    if (this.#leases === undefined) return decision;
    reservation.limits.forEach((limit, index) => {
      if (limit.kind !== 'spend') return;
      if (decision.granted) this.#leases?.used(limit, decision.states[index]);
      else if (decision.refused === index) this.#leases?.refused(limit);
    });
    return decision;
  }

  #undo({ id, limits }: Reservation): void {
    this.#kept.keep({ id, limits, actual: limits.map(() => 0) });
  }

  /** What the store granted counts against the share of this process; what was taken from it beforehand and refused goes back. */
  #countHere({ id, limits, leaseMs }: Reservation, { granted }: QuotaDecision): void {
    if (this.#settings.limits === 'closed') return;
    const shared = limits.filter(isShared);
    if (shared.length === 0) return;
    if (granted) this.#shares.granted(id, shared, leaseMs);
    else this.#shares.settle(id, shared, shared.map(nothing));
  }

  /** Just after an outage the store does not know all: both it and the share have to grant. Undefined where the share does. */
  #refusalOfShare({ id, limits, leaseMs }: Reservation): QuotaRefused | undefined {
    const shared = limits.filter(isShared);
    if (shared.length === 0) return undefined;
    const decision = this.#shares.reserve(id, shared, leaseMs);
    if (decision.granted) return undefined;
    return this.#refusal(limits, shared, decision, statesOf(limits, decision.states, untouched));
  }

  #refusal(
    limits: readonly QuotaLimit[],
    shared: readonly SharedLimit[],
    decision: QuotaRefused,
    states: readonly QuotaState[],
  ): QuotaRefused {
    const refused = limits.indexOf(shared[decision.refused] as QuotaLimit);
    const { retryAfterMs = this.#link.retryAfterMs } = decision;
    return { granted: false, refused, reason: 'full', retryAfterMs, states };
  }

  #settleShares({ id, limits, actual }: Settlement): void {
    const shared = limits.filter(isShared);
    if (shared.length === 0) return;
    const used = actual.filter((_amount, index) => isShared(limits[index] as QuotaLimit));
    this.#shares.settle(id, shared, used);
  }

  /** The policy. */
  #locally(reservation: Reservation, reason: unknown): QuotaDecision {
    if (!(reason instanceof StoreGone)) throw reason;
    const { budgets, limits } = this.#settings;
    const spends = reservation.limits.filter(isSpend);
    const shared = reservation.limits.filter(isShared);
    if (limits === 'closed' && shared.some(takesSomething)) throw this.#closed();
    const draws = budgets === 'open' ? [] : this.#draw(spends);
    if (draws === undefined) throw this.#closed();

    const { id, leaseMs } = reservation;
    const decision: QuotaDecision =
      shared.length === 0
        ? { granted: true, states: [] }
        : this.#shares.reserve(id, shared, leaseMs);
    const states = statesOf(reservation.limits, decision.states, (index) => {
      const draw = draws[index];
      return draw === undefined ? untouched() : (this.#leases as BudgetLeases).stateOf(draw);
    });
    if (!decision.granted) {
      for (const draw of draws) this.#leases?.settle(draw, 0);
      return this.#refusal(reservation.limits, shared, decision, states);
    }
    this.#shares.letInAlone(id, shared, leaseMs);
    this.#grants.set(id, { draws });
    return { granted: true, states } satisfies QuotaGranted;
  }

  #draw(spends: readonly SpendLimit[]): readonly Draw[] | undefined {
    return spends.length === 0 ? [] : this.#leases?.draw(spends);
  }

  #settleLocally(settlement: Settlement, { draws }: LocalGrant): readonly QuotaState[] {
    const { id, limits, actual } = settlement;
    this.#grants.delete(id);
    const spent = actual.filter((_amount, index) => isSpend(limits[index] as QuotaLimit));
    draws.forEach((draw, index) => this.#leases?.settle(draw, spent[index]));
    this.#settleShares(settlement);
    // Nothing was reserved: it is counted when the store is back. Not by the same id, whose reservation may have been undone there.
    if (this.#settings.budgets === 'open' && spent.length > 0) {
      this.#kept.keep({ ...settlement, id: `open:${id}`.slice(0, 200) });
    }
    return [];
  }

  #orClosed<T>(ask: () => T | Promise<T>): T | Promise<T> {
    const fail = (reason: unknown): never => {
      throw reason instanceof StoreGone ? this.#closed() : reason;
    };
    try {
      const answer = this.#link.run(ask);
      return answer instanceof Promise ? answer.catch(fail) : answer;
    } catch (reason) {
      return fail(reason);
    }
  }

  #closed(): InferwayError {
    return new InferwayError('overloaded', {
      message:
        'The store of limits and budgets is away, and what this process may let in without it is used up. Nothing was sent. Check the store.',
      // Another attempt or target would ask the same store.
      retryable: false,
      fallbackable: false,
      sent: 'no',
      retryAfterMs: this.#link.retryAfterMs,
    });
  }
}

function effectOf({ limits, budgets, processes }: GuardQuotaSettings): string {
  const byLimits =
    limits === 'closed' ? 'Calls with limits are refused.' : `Limits let in 1/${processes} here.`;
  const byBudgets = {
    lease: 'Budgets spend what was reserved before, then refuse.',
    closed: 'Calls with budgets are refused.',
    open: 'BUDGETS ARE NOT ENFORCED: what is spent is counted afterwards.',
  }[budgets];
  return `${byLimits} ${byBudgets}`;
}

function statesOf(
  limits: readonly QuotaLimit[],
  shared: readonly QuotaState[],
  spendState: (index: number) => QuotaState,
): QuotaState[] {
  let spends = 0;
  let others = 0;
  return limits.map((limit) =>
    isSpend(limit) ? spendState(spends++) : (shared[others++] ?? { used: 0 }),
  );
}

function takesSomething(limit: QuotaLimit): boolean {
  return limit.kind === 'places' || limit.amount > 0;
}

function isSpend(limit: QuotaLimit): limit is SpendLimit {
  return limit.kind === 'spend';
}

function isShared(limit: QuotaLimit): limit is SharedLimit {
  return limit.kind !== 'spend';
}

function nothing(): number {
  return 0;
}

function untouched(): QuotaState {
  return { used: 0 };
}

function unlessGone(reason: unknown): void {
  if (!(reason instanceof StoreGone)) throw reason;
}
