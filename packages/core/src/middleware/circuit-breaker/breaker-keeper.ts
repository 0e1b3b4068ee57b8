import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { InferwayError } from '../../error.js';
import { formatModel } from '../../model.js';
import { checkCount } from '../../option-checks.js';
import { noteRefusal, takePanic } from '../../panic.js';
import { abortReason } from '../../signal.js';
import { HealthLink } from '../../stores/health-link.js';
import type { Breaker, Ticket } from './breaker.js';
import type { BreakerChange, BreakerState } from './breaker-events.js';
import { breakerRules, type CircuitBreakerOptions } from './breaker-options.js';
import { BreakerSharing } from './breaker-sharing.js';
import { BreakerTable } from './breaker-table.js';
import { LastFound } from './last-found.js';
import { speaksAgainst } from './speaks-against.js';

/** The breakers of one layer: gives leave, refuses, and tells of changes. */
export class BreakerKeeper {
  readonly slowFirstMs: number;
  readonly counts: (error: InferwayError, call: Call) => boolean;
  readonly #keyOf: (call: Call) => string;
  readonly #table: BreakerTable;
  readonly #sharing: BreakerSharing | undefined;
  readonly #panic: boolean;
  readonly #onChange: ((change: BreakerChange) => void) | undefined;
  #watching = false;
  #last: LastFound | undefined;

  constructor(options: CircuitBreakerOptions) {
    const rules = breakerRules(options);
    const most = checkCount('circuitBreaker', 'maxTargets', options.maxTargets ?? 1000);
    const link = HealthLink.of('circuitBreaker', options);
    this.slowFirstMs = options.slowFirstMs ?? Number.POSITIVE_INFINITY;
    this.counts = options.counts ?? speaksAgainst;
    this.#keyOf = options.key ?? defaultKey;
    this.#table = new BreakerTable(rules, most);
    this.#sharing = link && new BreakerSharing(link, rules, this.#table);
    this.#panic = options.panic ?? true;
    this.#onChange = options.onChange;
  }

  /** The breaker of the call's target, with what others said of it until now. */
  breakerOf(call: Call, now: number): Breaker {
    const breaker = this.#last?.of(call) ?? this.#find(call, now);
    breaker.usedAt = now;
    if (this.#sharing?.isDue(now) === true) this.#hearOthers(this.#sharing, call);
    return breaker;
  }

  #find(call: Call, now: number): Breaker {
    const breaker = this.#table.at(this.#keyOf(call), formatModel(call.model), now);
    // A key of the user's own may be made of anything.
    if (this.#keyOf === defaultKey) this.#last = new LastFound(call, breaker);
    return breaker;
  }

  /** Leave for the call. @throws {InferwayError} `overloaded` where there is none. */
  admit(breaker: Breaker, call: Call, now: number): Ticket | Promise<Ticket> {
    if (breaker.state !== 'closed' && takePanic(call.state, call.model)) {
      tell(call, { type: 'panic', target: breaker.target });
      return breaker.panic();
    }
    const { state } = breaker;
    const ticket = breaker.admit(now);
    if (breaker.state !== state) this.#report(breaker, now, call);
    if (ticket === undefined) throw this.#refusal(breaker, call, now);
    if (ticket.kind !== 'probe' || this.#sharing === undefined) return ticket;
    const place = this.#sharing.place(breaker, call.state.runtime.clock);
    return place instanceof Promise
      ? place.then((granted) => this.#placed(breaker, call, ticket, granted))
      : this.#placed(breaker, call, ticket, place);
  }

  /** Does what may change the state of a breaker, and tells of it. */
  change(breaker: Breaker, call: Call, work: (now: number) => void): void {
    const now = call.state.runtime.clock.now();
    const { state } = breaker;
    work(now);
    if (breaker.state === state) return;
    this.#sharing?.changed(breaker, now);
    this.#report(breaker, now, call);
  }

  /** The call says nothing of its target. */
  release(breaker: Breaker, ticket: Ticket): void {
    if (ticket.judged) return;
    breaker.released(ticket);
    if (ticket.kind === 'probe') this.#sharing?.keepPlace(breaker);
  }

  stateOf(call: Call): BreakerState {
    const now = call.state.runtime.clock.now();
    return this.#table.find(this.#keyOf(call))?.stateAt(now) ?? 'closed';
  }

  close(): void {
    this.#sharing?.close();
  }

  #placed(breaker: Breaker, call: Call, ticket: Ticket, granted: boolean): Ticket {
    if (granted && !call.signal.aborted) return ticket;
    if (granted) this.release(breaker, ticket);
    else breaker.released(ticket);
    if (call.signal.aborted) throw abortReason(call.signal);
    throw this.#refusal(breaker, call, call.state.runtime.clock.now());
  }

  #hearOthers(sharing: BreakerSharing, call: Call): void {
    const { clock } = call.state.runtime;
    if (!this.#watching) {
      this.#watching = true;
      sharing.watch(clock, (breaker) => this.#report(breaker, clock.now()));
    }
    sharing.refresh(clock, (breaker) => this.#report(breaker, clock.now(), call));
  }

  #report(breaker: Breaker, now: number, call?: Call): void {
    const { state, target, key, reason, openUntil } = breaker;
    const openMs = state === 'open' ? Math.ceil(openUntil - now) : undefined;
    const change: BreakerChange = { state, target, key, reason, openMs };
    if (call !== undefined) tell(call, { type: 'breaker', ...change });
    try {
      this.#onChange?.(change);
    } catch {
      // Who watches a breaker must not break a call.
    }
  }

  #refusal(breaker: Breaker, call: Call, now: number): InferwayError {
    const { target, reason, failedAt } = breaker;
    const state = breaker.stateAt(now);
    const retryAfterMs = breaker.waitMs(now);
    const why =
      state === 'open' ? `is open (${reason})` : 'lets others try whether the target is back';
    const error = new InferwayError('overloaded', {
      message: `The circuit breaker of ${target} ${why}; nothing was sent. Try again in ${retryAfterMs} ms, or add a fallback.`,
      retryable: false,
      fallbackable: true,
      retryAfterMs,
      sent: 'no',
      provider: call.model.provider,
      model: call.model.id,
    });
    noteRefusal(call.state, error, this.#panic ? { model: call.model, failedAt } : undefined);
    tell(call, { type: 'breaker-refused', target, state, retryAfterMs });
    return error;
  }
}

function defaultKey(call: Call): string {
  return `${formatModel(call.model)}|${call.credential?.id ?? 'default'}`;
}
