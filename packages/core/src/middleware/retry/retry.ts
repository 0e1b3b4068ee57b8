import { attemptBudget, type AttemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import { sleep } from '../../clock.js';
import { remainingMs } from '../../deadline.js';
import { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { primed } from '../../primed.js';
import { abortReason } from '../../signal.js';
import { stateKey } from '../../state.js';
import { badOption, checkCount, checkMs } from '../option-checks.js';
import { askedWaitMs, retryDelayMs } from './retry-delay.js';
import { RetryQuota } from './retry-quota.js';

export interface RetryOptions {
  /** Attempts on one target, the first included. The client's own `attempts` bounds all targets together. Default 3. */
  readonly attempts?: number | undefined;
  /** The first wait is random between 0 and this; the bound doubles each time. Default 500. */
  readonly baseMs?: number | undefined;
  /** The bound of the wait grows no further. Default 20,000. */
  readonly maxMs?: number | undefined;
  /** A provider that asks for a longer wait than this is not waited for: its error is thrown at once. Default 60,000. */
  readonly retryAfterCapMs?: number | undefined;
  /** Whether an error is worth another attempt on the same target. Default: `error.retryable`. */
  readonly on?: ((error: InferwayError, call: Call) => boolean) | undefined;
}

const TRANSPARENT = stateKey<boolean>('transparent retry was made');

/**
 * Tries again what failed before its first content: on the same target, within the shared attempt budget, the deadline and a quota of
 * retries over all calls. After the first content nothing is repeated (law 1).
 *
 * A request that never left the machine (`sent: 'no'`) is tried once more at once; that attempt is recorded, but not counted.
 */
export function retry(options: RetryOptions = {}): Middleware {
  const most = checkCount('retry', 'attempts', options.attempts ?? 3);
  const capMs = checkMs('retry', 'retryAfterCapMs', options.retryAfterCapMs ?? 60_000);
  const rules = {
    baseMs: checkMs('retry', 'baseMs', options.baseMs ?? 500),
    maxMs: checkMs('retry', 'maxMs', options.maxMs ?? 20_000),
  };
  if (rules.maxMs < rules.baseMs) {
    throw badOption('maxMs', `retry: maxMs (${rules.maxMs}) is below baseMs (${rules.baseMs}).`);
  }
  const on = options.on ?? ((error) => error.retryable);
  const quota = new RetryQuota();

  return async function retry(call, next) {
    const budget = attemptBudget(call.state);
    const before = budget.made.length;
    let uncounted = 0;
    let taken = 0;
    for (let tries = 1; ; tries++) {
      try {
        const reply = await next(call);
        if (reply.stream) await primed(reply, call);
        if (!quota.full) quota.succeeded(quotaKey(call, budget), taken);
        return reply;
      } catch (reason) {
        const error = InferwayError.from(reason);
        if (call.signal.aborted) throw abortReason(call.signal);
        if (!on(error, call)) throw error;

        const transparent = isTransparent(error, call);
        // Rotated keys inside of this one `next` were attempts too.
        const used = Math.max(tries, budget.made.length - before) - uncounted;
        if (!transparent && (used >= most || !budget.allowsRetry)) throw error;
        const asked = askedWaitMs(error);
        const { clock } = call.state.runtime;
        const delay = transparent ? 0 : retryDelayMs(rules, used, asked, clock.random());
        if (asked !== undefined && asked > capMs) throw error;
        if (delay >= remainingMs(call.state)) throw error;
        taken = quota.take(quotaKey(call, budget), error);
        if (taken === 0) throw error;

        if (transparent) {
          uncounted++;
          budget.limit++;
          call.state.set(TRANSPARENT, true);
        } else {
          await sleep(clock, delay, call.signal);
        }
      }
    }
  };
}

function isTransparent(error: InferwayError, call: Call): boolean {
  return error.code === 'connection' && error.sent === 'no' && call.state.get(TRANSPARENT) !== true;
}

// The credential is chosen further in; the attempt that was just made tells which.
function quotaKey(call: Call, budget: AttemptBudget): string {
  const credential = budget.made.at(-1)?.credential ?? '';
  return `${call.model.provider} ${credential}`;
}
