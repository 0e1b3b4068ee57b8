import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { InferwayError } from '../../error.js';
import { formatModel } from '../../model.js';
import { formatUsd, type NanoUsd } from '../../money.js';
import type { QuotaState } from '../../stores/quota-store.js';
import type { Counter } from './budget-rule.js';

/** What was asked of a budget that refused. */
export interface Refused {
  readonly counter: Counter;
  readonly state: QuotaState | undefined;
  readonly reason: 'full' | 'never';
  /** What the attempt may cost; absent where the call was refused before any. */
  readonly amount?: NanoUsd | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The budget has no room: nothing was sent, and no other try or target helps. */
export function budgetRefused(call: Call, refused: Refused): InferwayError {
  const { counter, state, reason, amount, retryAfterMs } = refused;
  const { name, per, period } = counter.budget;
  tell(call, { type: 'budget-refused', reason, budget: name, per, period, amount, retryAfterMs });
  const spent = (state?.used ?? 0) - (state?.held ?? 0);
  const standing = `${formatUsd(spent)} of ${formatUsd(counter.limit)} is spent and ${formatUsd(state?.held ?? 0)} reserved`;
  const need = amount === undefined ? '' : `; this attempt may cost up to ${formatUsd(amount)}`;
  const cure =
    reason === 'never'
      ? 'Lower maxOutputTokens, shorten the input, or raise the budget.'
      : period === 'total'
        ? 'Raise the budget.'
        : `Raise the budget, or wait for the next ${period}${retryAfterMs === undefined ? '' : ` (at most ${retryAfterMs} ms)`}.`;
  return denied(
    `The budget "${name}" (per ${per}, ${periodName(period)}) has no room: ${standing}${need}. ${cure}`,
    retryAfterMs,
  );
}

/** Nobody knows what the attempt would cost. */
export function priceUnknown(call: Call, counter: Counter): InferwayError {
  const { name, per, period } = counter.budget;
  tell(call, { type: 'budget-refused', reason: 'no-price', budget: name, per, period });
  return denied(
    `No price is known for ${formatModel(call.model)}, so the budget "${name}" cannot tell whether it has room. Add the price to "prices" of budget and cost, or say with "unknownPrice" what to reckon with.`,
  );
}

/** The store of the budgets failed, or stays away longer than it may: what is spent is not known, and so nothing is. */
export function budgetsUnreachable(call: Call, counter: Counter, reason: unknown): InferwayError {
  const cause = InferwayError.from(reason);
  const { retryAfterMs } = cause;
  const { name, per, period } = counter.budget;
  tell(call, { type: 'budget-refused', reason: 'store', budget: name, per, period, retryAfterMs });
  return new InferwayError('budget', {
    message: `The store of the budget "${name}" gave no answer, and so nothing is spent; see "cause". Check the store, or give it a policy for outages (guardQuota).`,
    sent: 'no',
    retryAfterMs,
    cause,
  });
}

function denied(message: string, retryAfterMs?: number): InferwayError {
  return new InferwayError('budget', { message, sent: 'no', retryAfterMs });
}

function periodName(period: Counter['budget']['period']): string {
  return period === 'total' ? 'in all' : `each ${period}`;
}
