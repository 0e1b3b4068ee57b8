import { AttemptClaim } from '../../attempt-claim.js';
import { attemptBudget, type AttemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { sleep } from '../../clock.js';
import { hasTimeFor } from '../../deadline.js';
import { InferwayError } from '../../error.js';
import type { ErrorCode } from '../../error-code.js';
import type { Middleware, Next } from '../../middleware.js';
import { formatModel } from '../../model.js';
import { isPanicking, isRefusal } from '../../panic.js';
import { primed } from '../../primed.js';
import type { AnyReply } from '../../reply.js';
import { send } from '../../send.js';
import { abortReason } from '../../signal.js';
import { stateKey } from '../../state.js';
import { badOption, checkCount, checkFunction, checkMs } from '../../option-checks.js';
import { askedWaitMs, retryDelayMs } from '../retry-delay.js';
import { RetryQuota, type QuotaOwner, type Taken } from '../retry-quota.js';

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

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** The same target is tried again after a wait. */
    readonly retry: {
      readonly target: string;
      /** Why: the code of the error that came. */
      readonly reason: ErrorCode;
      /** The number of the attempt that comes. */
      readonly attempt: number;
      readonly delayMs: number;
    };
  }
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
    throw badOption(
      'maxMs',
      `retry: maxMs (${rules.maxMs}) is below baseMs (${rules.baseMs}). Raise it, or lower baseMs.`,
    );
  }
  const on = checkFunction('retry', 'on', options.on) ?? ((error) => error.retryable);
  const settings: RetrySettings = { most, capMs, rules, on, quota: new RetryQuota() };
  return function retry(call, next) {
    return new RetriedCall(settings, call, next).send();
  };
}

interface RetrySettings {
  readonly most: number;
  readonly capMs: number;
  readonly rules: { readonly baseMs: number; readonly maxMs: number };
  readonly on: (error: InferwayError, call: Call) => boolean;
  readonly quota: RetryQuota;
}

/** One call, tried until it is answered or may not be tried again. */
class RetriedCall {
  readonly #settings: RetrySettings;
  readonly #call: Call;
  readonly #next: Next;
  readonly #budget: AttemptBudget;
  /** Attempts that were made before, by others. */
  readonly #earlier: number;
  #current: Call;
  #tries = 0;
  #uncounted = 0;
  #taken: Taken | undefined;
  #before: InferwayError | undefined;

  constructor(settings: RetrySettings, call: Call, next: Next) {
    this.#settings = settings;
    this.#call = call;
    this.#next = next;
    this.#current = call;
    this.#budget = attemptBudget(call.state);
    this.#earlier = this.#budget.made.length;
  }

  send(): Promise<AnyReply> {
    this.#tries++;
    return send(this.#current, this.#next).then(this.#accepted, this.#failed);
  }

  readonly #accepted = (reply: AnyReply): AnyReply | Promise<AnyReply> =>
    reply.stream
      ? primed(reply, this.#call).then(this.#answered, this.#failed)
      : this.#answered(reply);

  readonly #answered = (reply: AnyReply): AnyReply => {
    const { quota } = this.#settings;
    this.#current.claim?.release();
    if (!quota.full) quota.succeeded(ownerOf(this.#call, this.#budget), this.#taken);
    return reply;
  };

  readonly #failed = async (reason: unknown): Promise<AnyReply> => {
    const call = this.#call;
    const error = InferwayError.from(reason);
    this.#current.claim?.release();
    if (call.signal.aborted) throw abortReason(call.signal);
    // A breaker opened meanwhile: what the provider said before tells more.
    if (isRefusal(error)) throw this.#before ?? error;
    this.#before = error;
    const isFree = isTransparent(error, call);
    const delayMs = this.#delayBefore(error, isFree);
    if (delayMs === undefined) throw error;
    tell(call, {
      type: 'retry',
      target: formatModel(call.model),
      reason: error.code,
      attempt: this.#budget.made.length + 1,
      delayMs,
    });
    if (isFree) {
      this.#uncounted++;
      this.#budget.limit++;
      call.state.set(TRANSPARENT, true);
    } else {
      await this.#wait(delayMs);
    }
    return this.send();
  };

  /** Milliseconds until it may be tried again; undefined where it may not. */
  #delayBefore(error: InferwayError, isFree: boolean): number | undefined {
    const { most, capMs, rules, on, quota } = this.#settings;
    const call = this.#call;
    const budget = this.#budget;
    if (isPanicking(call.state) || !on(error, call)) return undefined;
    // Rotated keys inside of this one `next` were attempts too.
    const made = Math.max(this.#tries, budget.made.length - this.#earlier);
    const used = made - this.#uncounted;
    if (!isFree && (used >= most || !budget.allowsRetry)) return undefined;
    const asked = askedWaitMs(error);
    const delay = isFree ? 0 : retryDelayMs(rules, used, asked, call.state.runtime.clock.random());
    if (asked !== undefined && asked > capMs) return undefined;
    if (!hasTimeFor(call.state, delay)) return undefined;
    this.#taken = quota.take(ownerOf(call, budget), error);
    return this.#taken === undefined ? undefined : delay;
  }

  async #wait(ms: number): Promise<void> {
    const call = this.#call;
    // Copies of the call that go side by side with it must not use up, while it waits, what it waits for.
    const claim = new AttemptClaim(this.#budget);
    this.#current = { ...call, claim };
    await sleep(call.state.runtime.clock, ms, call.signal).catch((left: unknown) => {
      claim.release();
      throw left;
    });
  }
}

function isTransparent(error: InferwayError, call: Call): boolean {
  return error.code === 'connection' && error.sent === 'no' && call.state.get(TRANSPARENT) !== true;
}

// The credential is chosen further in; the attempt that was just made tells which.
function ownerOf(call: Call, budget: AttemptBudget): QuotaOwner {
  const { provider } = call.model;
  const credential = budget.made.findLast((attempt) => attempt.provider === provider)?.credential;
  return { provider, credential };
}
