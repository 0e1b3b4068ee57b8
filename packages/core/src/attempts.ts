import type { ErrorCode } from './error-code.js';
import { stateKey, type State } from './state.js';

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
  /** Absent while it runs and when it succeeded; also of a stream that broke or was left after the provider accepted it. */
  error?: ErrorCode;
  status?: number;
}

/** The one attempt budget of a logical call, shared by retry, key rotation and fallback (law 5). */
export class AttemptBudget {
  /** How many attempts the logical call may make in all. */
  limit: number;
  /** Kept back by a fallback for the targets that it has not tried, so that retries of the first cannot use them up. */
  reserved = 0;
  readonly made: Attempt[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** True if one more attempt on the same target is within the budget. */
  get allowsRetry(): boolean {
    return this.made.length + this.reserved < this.limit;
  }

  /** True if one more attempt is within the budget at all. */
  get allowsAttempt(): boolean {
    return this.made.length < this.limit;
  }
}

/** Attempts that a logical call makes at most when nobody says otherwise. */
export const DEFAULT_ATTEMPTS = 4;

const BUDGET = stateKey<AttemptBudget>('attempt budget');

/** The attempt budget of the call that `state` belongs to. */
export function attemptBudget(state: State): AttemptBudget {
  return state.ensure(BUDGET, () => new AttemptBudget(DEFAULT_ATTEMPTS));
}
