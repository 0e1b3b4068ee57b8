import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { InferwayError } from '../../error.js';
import type { LimitRefusal, LimitUnit, MetLimit } from './limit-events.js';

/** Whose limit it is: a caller's ends the call, a target's leads to the next target. */
export type LimitPlace = 'caller' | 'target';

/** A limit that a call met, with its figures. */
export interface MetFigures extends MetLimit {
  readonly max?: number | undefined;
  readonly windowMs?: number | undefined;
}

/**
 * The refusal of a call by a limit, told to listeners. Never retried: it is known here what the limit allows, and waiting is what the queue
 * is for. A target's refusal leads to the next target.
 */
export function refusal(
  call: Call,
  place: LimitPlace,
  met: MetFigures,
  reason: Exclude<LimitRefusal, 'store'>,
  waitMs: number | undefined,
): InferwayError {
  const { limit, unit, per } = met;
  const retryAfterMs =
    waitMs === undefined || reason === 'never' ? undefined : Math.max(1, Math.ceil(waitMs));
  tell(call, { type: 'limit-refused', limit, unit, per, reason, retryAfterMs });
  const target = place === 'target';
  return new InferwayError(reason === 'never' ? 'too_large' : 'rate_limit', {
    message: `${describe(met)}: ${why(reason, unit, retryAfterMs)}`,
    retryable: false,
    fallbackable: target,
    retryAfterMs,
    sent: 'no',
    ...(target ? { provider: call.model.provider, model: call.model.id } : {}),
  });
}

/** The store of the limits failed: nobody knows whether there is room, and so the call is not let in. */
export function storeFailed(call: Call, reason: unknown): InferwayError {
  // Who decides about outages said so already; and what is set up wrongly is told as that.
  if (
    InferwayError.is(reason) &&
    (reason.code === 'overloaded' || reason.code === 'configuration')
  ) {
    return reason;
  }
  tell(call, {
    type: 'limit-refused',
    limit: 'store',
    unit: 'requests',
    per: 'all',
    reason: 'store',
  });
  return new InferwayError('overloaded', {
    message:
      'The store of the limits failed, and so the call was not let in; see "cause". Check the store, or give it a policy for outages.',
    // Another attempt or target would ask the same store.
    retryable: false,
    fallbackable: false,
    sent: 'no',
    cause: reason,
  });
}

function describe({ limit, unit, per, max, windowMs }: MetFigures): string {
  const whose = per === 'all' ? 'for all' : `per ${per}`;
  const figure = max === undefined ? '' : ` (${max} ${UNITS[unit]}${span(windowMs)} ${whose})`;
  return `The limit "${limit}"${figure}`;
}

function span(windowMs: number | undefined): string {
  return windowMs === undefined ? '' : ` in ${windowMs} ms`;
}

const UNITS: Readonly<Record<LimitUnit, string>> = {
  requests: 'requests',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  totalTokens: 'tokens',
  tokens: 'tokens',
  concurrency: 'calls at a time',
};

function why(
  reason: Exclude<LimitRefusal, 'store'>,
  unit: LimitUnit,
  retryAfterMs: number | undefined,
): string {
  const later = retryAfterMs === undefined ? 'Try again later' : `Try again in ${retryAfterMs} ms`;
  switch (reason) {
    case 'full':
      return `there is no room. ${later}, or raise the limit.`;
    case 'never':
      return unit === 'requests' || unit === 'concurrency'
        ? 'it lets no call in. Raise the limit.'
        : 'this one call needs more than that. Lower maxOutputTokens or shorten the input, or raise the limit.';
    case 'queue-full':
      return `there is no room, and as many calls wait already as may. ${later}, or raise the limit or the queue's maxWaiting.`;
    case 'tenant-full':
      return `there is no room, and as many calls of this caller wait already as may. ${later}, or raise the limit or the queue's maxWaitingPerTenant.`;
    case 'too-long':
      return `there is no room within the time that this call has. ${later}, give it more time, or raise the limit.`;
    case 'expired':
      return `there was no room in all the time that this call could wait. ${later}, give it more time, or raise the limit.`;
  }
}
