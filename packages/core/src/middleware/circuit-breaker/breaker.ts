import type { BreakerState } from './breaker-events.js';
import type { BreakerRules } from './breaker-options.js';
import { OutcomeWindow } from './outcome-window.js';

/** Leave to make one call. */
export interface Ticket {
  readonly kind: 'call' | 'probe' | 'panic';
  /** Of which life of the breaker it is: what ends after a change of state says nothing of the new one. */
  life: number;
  /** Of a probe: the round in which its place was given. */
  readonly round: number;
  /** The call has been judged; a success may still turn into a failure. */
  judged: boolean;
  /** Its place in the window. */
  entry?: number;
}

/** The state of one target. Knows nothing of calls and stores; all times are monotonic milliseconds. */
export class Breaker {
  readonly key: string;
  readonly target: string;
  /** When it was last asked, for whoever makes room. */
  usedAt = 0;
  state: BreakerState = 'closed';
  /** Why it is in this state. */
  reason = '';
  /** When it came into this state. */
  changedAt: number = Number.NEGATIVE_INFINITY;
  /** When the target last failed. */
  failedAt: number = Number.NEGATIVE_INFINITY;
  openUntil = 0;
  /** Half-open, but the places are taken in other processes: not to be asked for before then. */
  askAgainAt = 0;
  readonly #rules: BreakerRules;
  readonly #window: OutcomeWindow;
  #life = 0;
  /** How often in a row it opened. */
  #openings = 0;
  #round = 0;
  #probing = 0;
  #succeeded = 0;
  #probedAt = 0;

  constructor(key: string, target: string, rules: BreakerRules) {
    this.key = key;
    this.target = target;
    this.#rules = rules;
    this.#window = new OutcomeWindow(rules.windowCalls, rules.windowMs);
  }

  /** What a call would find. */
  stateAt(now: number): BreakerState {
    return this.state === 'open' && now >= this.openUntil ? 'half-open' : this.state;
  }

  /** Leave for a call, or undefined: fail it now. */
  admit(now: number): Ticket | undefined {
    if (this.state === 'closed') return this.#ticket('call');
    if (this.state === 'open') {
      if (now < this.openUntil) return undefined;
      this.halfOpen(now, 'time');
    }
    if (now < this.askAgainAt) return undefined;
    if (this.#probing + this.#succeeded >= this.#rules.probes) {
      if (now - this.#probedAt < this.#rules.probeMs) return undefined;
      // A probe that hangs must not keep the target closed for ever.
      this.#round++;
      this.#probing = 0;
    }
    this.#probing++;
    this.#probedAt = now;
    return this.#ticket('probe');
  }

  /** Leave in any state, for a call that has nowhere else to go. */
  panic(): Ticket {
    return this.#ticket('panic');
  }

  /** How long a refused call should wait, in milliseconds. */
  waitMs(now: number): number {
    const left = (this.state === 'open' ? this.openUntil : this.askAgainAt) - now;
    return Math.max(1, Math.ceil(left > 0 ? left : Math.min(1000, this.#rules.probeMs)));
  }

  succeeded(ticket: Ticket, now: number): void {
    this.#leave(ticket);
    if (ticket.life !== this.#life) return;
    if (this.state === 'closed') {
      ticket.entry = this.#window.add(false, now);
      return;
    }
    if (this.state === 'open') this.halfOpen(now, 'panic');
    if (++this.#succeeded < this.#rules.probes) return;
    this.close(now, ticket.kind);
    ticket.life = this.#life;
    ticket.entry = this.#window.add(false, now);
  }

  /** @param askedMs How long the provider asked to be left alone. */
  failed(ticket: Ticket, now: number, reason: string, askedMs = 0): void {
    this.#leave(ticket);
    this.failedAt = now;
    if (ticket.life !== this.#life) return;
    if (this.state === 'closed') {
      const { minCalls, failureShare } = this.#rules;
      if (ticket.entry === undefined) this.#window.add(true, now);
      else this.#window.turn(ticket.entry, now);
      if (this.#window.isBad(now, minCalls, failureShare)) this.#open(now, reason, askedMs);
    } else if (ticket.kind === 'probe') {
      this.#open(now, reason, askedMs);
    }
  }

  /** The call ended in a way that says nothing of the target. */
  released(ticket: Ticket): void {
    this.#leave(ticket);
  }

  /** Opens until a time that this process did not choose. */
  openUntilTime(until: number, now: number, reason: string): void {
    this.openUntil = until;
    this.#enter('open', now, reason);
  }

  halfOpen(now: number, reason: string): void {
    const { state } = this;
    this.state = 'half-open';
    this.reason = reason;
    this.changedAt = now;
    this.askAgainAt = 0;
    this.#probing = 0;
    this.#succeeded = 0;
    this.#round++;
    if (state === 'closed') this.#life++;
  }

  close(now: number, reason: string): void {
    this.#openings = 0;
    this.#enter('closed', now, reason);
  }

  #open(now: number, reason: string, askedMs: number): void {
    const { openMs, maxOpenMs } = this.#rules;
    const own = openMs * 2 ** Math.min(this.#openings++, 40);
    this.openUntilTime(now + Math.min(maxOpenMs, Math.max(own, askedMs)), now, reason);
  }

  #enter(state: BreakerState, now: number, reason: string): void {
    this.state = state;
    this.reason = reason;
    this.changedAt = now;
    this.askAgainAt = 0;
    this.#life++;
    this.#window.clear();
  }

  #ticket(kind: Ticket['kind']): Ticket {
    return { kind, life: this.#life, round: this.#round, judged: false };
  }

  // A probe gives its place back once.
  #leave(ticket: Ticket): void {
    if (ticket.judged) return;
    ticket.judged = true;
    const held = ticket.kind === 'probe' && ticket.life === this.#life;
    if (held && ticket.round === this.#round && this.#probing > 0) this.#probing--;
  }
}
