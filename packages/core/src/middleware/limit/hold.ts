import { attemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import type { ErrorCode } from '../../error-code.js';
import type { Outcome } from '../../outcome.js';
import type { Lease } from '../../stores/lease-keeper.js';
import type { QuotaHold } from '../../stores/quota-store.js';
import { maybeBilled } from '../maybe-billed.js';
import { amountOf } from './limit-claim.js';
import type { Claim } from './limit-rule.js';
import type { StayEnd } from './stay.js';
import { wholeNumber, type TokenNeed } from './token-need.js';

/** By hand from a store in this process, else under a name and a lease that is renewed. */
export type Given = QuotaHold | Lease;

/** Takes back what it gave. */
export interface HoldGiver {
  /** @param actual What was used, in the order of the claim's limits; undefined: as reserved. */
  settle(hold: Hold, actual: readonly (number | undefined)[]): void;
}

/** What was reserved for one call. It is over, or undone, once. */
export class Hold implements StayEnd {
  /** What the store gave for it. */
  readonly given: Given;
  readonly claim: Claim;
  readonly #call: Call;
  readonly #giver: HoldGiver;
  readonly #made: number;

  constructor(given: Given, call: Call, claim: Claim, giver: HoldGiver) {
    this.given = given;
    this.claim = claim;
    this.#call = call;
    this.#giver = giver;
    this.#made = attemptBudget(call.state).made.length;
  }

  over(outcome: Outcome, replied: boolean): void {
    if (!replied && !this.#wasSent(outcome)) {
      this.#settleBy(this.#isMistake(outcome) ? ONE_REQUEST : NOTHING);
      return;
    }
    const tokens = this.claim.need === undefined ? undefined : this.#tokens(outcome, replied);
    this.#settleBy(({ unit }, index) =>
      unit === 'requests' || unit === 'concurrency'
        ? undefined
        : amountOf(this.claim.figures[index] as never, tokens),
    );
  }

  /** Gives all of it back: the call went no further. */
  undo(): void {
    this.#settleBy(NOTHING);
  }

  #settleBy(
    actualOf: (figure: Claim['figures'][number], index: number) => number | undefined,
  ): void {
    this.#giver.settle(this, this.claim.figures.map(actualOf));
  }

  #wasSent({ error }: Outcome): boolean {
    return attemptBudget(this.#call.state).made.length > this.#made && error?.sent !== 'no';
  }

  /** A refusal further in takes nothing; who asks for what is not there was let in all the same. */
  #isMistake({ error }: Outcome): boolean {
    return error !== undefined && error.sent !== 'no' && MISTAKES.has(error.code);
  }

  /** As reported; else as `cost` filled it in; what nobody knows was used as reserved. */
  #tokens({ usage, error }: Outcome, replied: boolean): TokenNeed {
    const { input, output } = this.claim.need as TokenNeed;
    const last = attemptBudget(this.#call.state).made.at(-1);
    const unbilled = last?.billed === 'no' || (error !== undefined && !maybeBilled(error));
    if (!replied && usage === undefined && unbilled) return { input: 0, output: 0 };
    return {
      input: wholeNumber(usage?.inputTokens) ?? wholeNumber(last?.usage?.inputTokens) ?? input,
      output: wholeNumber(usage?.outputTokens) ?? wholeNumber(last?.usage?.outputTokens) ?? output,
    };
  }
}

const NOTHING = (): number => 0;
const ONE_REQUEST: (figure: Claim['figures'][number]) => number = ({ unit }) =>
  unit === 'requests' ? 1 : 0;

const MISTAKES: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'context_length',
  'content_filter',
  'unsupported',
  'not_found',
  'too_large',
]);
