import type { ErrorCode } from './error-code.js';
import type { Cost } from './money.js';
import { stateKey, type State } from './state.js';
import type { Usage } from './usage.js';

/** One call that reached a provider, for `meta.attempts`, traces and the ledger. */
export interface Attempt {
  /** 1 for the first of the logical call. */
  readonly number: number;
  readonly provider: string;
  readonly model: string;
  /** The label of the credential used, where `auth` chose one. */
  readonly credential?: string | undefined;
  /** Milliseconds since the logical call began. */
  readonly startedMs: number;
  /** Milliseconds until the provider accepted the call, or until the attempt failed. */
  durationMs?: number;
  /**
   * Milliseconds since the logical call began at which it was over: read to its end, failed, or cancelled. Absent as long as it runs, which of
   * a hedge that lost may be a moment longer than the call.
   */
  endedMs?: number;
  /** Absent while it runs, when it succeeded, and where a layer around it (`aroundAttempts`) answered in its place. Of a stream that broke or was left, too. */
  error?: ErrorCode;
  status?: number;
  /** What it cost, once it is over, where `cost` is in the chain; of an attempt that failed, too. */
  cost?: Cost;
  /** The tokens that are paid for, estimated and flagged where nobody counted them; set with `cost`. */
  usage?: Usage;
  /** Whether the provider bills it: `maybe` where the connection broke before it could tell. Set with `cost`. */
  billed?: 'yes' | 'maybe' | 'no';
}

/** The one attempt budget of a logical call, shared by retry, key rotation, fallback and hedging (law 5). */
export class AttemptBudget {
  /** How many attempts the logical call may make in all. */
  limit: number;
  /** Kept back by a fallback for the targets that it has not tried, so that retries of the first cannot use them up. */
  reserved = 0;
  readonly made: Attempt[] = [];
  #running = 0;
  #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** True if one more attempt on the same target is within the budget. */
  get allowsRetry(): boolean {
    return this.made.length + this.reserved < this.limit;
  }

  /** For the chain's innermost step: an attempt begins. */
  began(attempt: Attempt): void {
    this.made.push(attempt);
    this.#running++;
  }

  /** For the chain's innermost step: it is over, at `ms` since the call began. Only the first time counts. */
  over(attempt: Attempt, ms: number): void {
    if (attempt.endedMs !== undefined) return;
    attempt.endedMs = ms;
    this.#running--;
    if (this.#running > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }

  /** See `afterAttempts`. */
  whenIdle(done: () => void): void {
    if (this.#running === 0) done();
    else this.#waiting.push(done);
  }
}

/** Attempts that a logical call makes at most when nobody says otherwise. */
export const DEFAULT_ATTEMPTS = 4;

const BUDGET = stateKey<AttemptBudget>('attempt budget');

/** The attempt budget of the call that `state` belongs to. */
export function attemptBudget(state: State): AttemptBudget {
  return state.ensure(BUDGET, () => new AttemptBudget(DEFAULT_ATTEMPTS));
}

/**
 * Calls `done` once no attempt of the logical call runs: at once, or when the last one is over and all layers around it (`aroundAttempts`) were
 * told so, with its cost. Ask when the call's own reply has ended or failed, since until then further attempts may begin. Losers of a hedge, and
 * providers that do not listen to an abort, end later than the call; each attempt ends once.
 */
export function afterAttempts(state: State, done: () => void): void {
  attemptBudget(state).whenIdle(done);
}
