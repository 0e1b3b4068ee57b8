import { AttemptClaim } from '../../attempt-claim.js';
import { attemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { hasTimeFor, remainingMs } from '../../deadline.js';
import { InferwayError } from '../../error.js';
import type { Next } from '../../middleware.js';
import { formatModel, type Model } from '../../model.js';
import type { AnyReply } from '../../reply.js';
import { abortReason, linkedController, type LinkedController } from '../../signal.js';
import type { HedgeDelay } from './hedge-delay.js';
import type { HedgeShare } from './hedge-share.js';

/** What all races of one `hedge` have in common. */
export interface RaceRules {
  readonly attempts: number;
  readonly delay: HedgeDelay;
  readonly share: HedgeShare;
  /** No copy with less time than this left; undefined: than the delay. */
  readonly minRemainingMs: number | undefined;
  /** Whether an error of the asked model ends the call, whatever other copies do. */
  readonly fatal: (error: InferwayError, call: Call) => boolean;
}

interface Copy {
  readonly number: number;
  readonly model: Model;
  readonly sentAt: number;
  readonly link: LinkedController;
  readonly claim: AttemptClaim;
}

/** One call and its copies: the first answer ends it. */
export class HedgeRace {
  readonly #call: Call;
  readonly #next: Next;
  readonly #rules: RaceRules;
  /** Where copies go; undefined for where the call goes. */
  readonly #targets: readonly Model[] | undefined;
  readonly #delayMs: number;
  readonly #running = new Set<Copy>();
  readonly #settled: PromiseWithResolvers<AnyReply> = Promise.withResolvers();
  #sent = 0;
  #startedAt = 0;
  #over = false;
  #timer: unknown;
  #failure: InferwayError | undefined;

  constructor(
    call: Call,
    next: Next,
    rules: RaceRules,
    targets: readonly Model[] | undefined,
    delayMs: number,
  ) {
    this.#call = call;
    this.#next = next;
    this.#rules = rules;
    this.#targets = targets;
    this.#delayMs = delayMs;
  }

  run(): Promise<AnyReply> {
    this.#startedAt = this.#clock.now();
    // Each copy keeps one of its own.
    this.#call.claim?.release();
    this.#send(this.#call.model);
    this.#arm();
    return this.#settled.promise;
  }

  get #clock() {
    return this.#call.state.runtime.clock;
  }

  #send(model: Model): void {
    const { signal, state } = this.#call;
    const link = linkedController(signal);
    const claim = new AttemptClaim(attemptBudget(state));
    const copy: Copy = {
      number: ++this.#sent,
      model,
      sentAt: this.#clock.now(),
      link,
      claim,
    };
    this.#running.add(copy);
    link.race(this.#ask({ ...this.#call, model, signal: link.signal, claim })).then(
      (reply) => this.#answered(copy, reply),
      (reason: unknown) => this.#failed(copy, reason),
    );
  }

  // A layer that throws at once fails its copy, not the race.
  async #ask(call: Call): Promise<AnyReply> {
    return this.#next(call);
  }

  #arm(): void {
    this.#clock.clearTimer(this.#timer);
    if (this.#sent >= this.#most || this.#over) return;
    this.#timer = this.#clock.setTimer(() => {
      if (this.#sendNext('slow')) this.#arm();
    }, this.#delayMs);
  }

  get #most(): number {
    const { attempts } = this.#rules;
    return this.#targets === undefined ? attempts : Math.min(attempts, this.#targets.length + 1);
  }

  /** The target of the next copy. */
  get #upcoming(): Model {
    return this.#targets?.[this.#sent - 1] ?? this.#call.model;
  }

  #sendNext(reason: 'slow' | 'failed'): boolean {
    const { state } = this.#call;
    const { share, minRemainingMs } = this.#rules;
    if (this.#sent >= this.#most || !attemptBudget(state).allowsRetry) return false;
    if (!hasTimeFor(state) || remainingMs(state) < (minRemainingMs ?? this.#delayMs)) return false;
    if (!share.take()) return false;
    const model = this.#upcoming;
    const after = this.#clock.now() - this.#startedAt;
    tell(this.#call, {
      type: 'hedge',
      after,
      copy: this.#sent + 1,
      target: formatModel(model),
      reason,
    });
    this.#send(model);
    return true;
  }

  #answered(copy: Copy, reply: AnyReply): void {
    if (this.#over) return;
    const target = formatModel(copy.model);
    if (copy.number > 1) {
      const after = this.#clock.now() - this.#startedAt;
      tell(this.#call, { type: 'hedge-won', after, copy: copy.number, target });
    }
    // Those that lost had not answered by now, which is something to learn, too.
    for (const { model, sentAt } of this.#running) {
      this.#rules.delay.note(delayKey(this.#call, model), this.#clock.now() - sentAt);
    }
    this.#end();
    this.#settled.resolve(reply);
  }

  #failed(copy: Copy, reason: unknown): void {
    this.#letGo(copy);
    if (this.#over) return;
    if (this.#call.signal.aborted) {
      this.#fail(abortReason(this.#call.signal));
      return;
    }
    const error = InferwayError.from(reason);
    // Of several, the one of the call itself is told: the others were our idea.
    if (copy.number === 1) this.#failure = error;
    else this.#failure ??= error;
    const asked = isSame(copy.model, this.#call.model);
    if (asked && this.#rules.fatal(error, this.#call)) {
      this.#fail(error);
    } else if (this.#mayLead(copy, error) && this.#sendNext('failed')) {
      this.#arm();
    } else if (this.#running.size === 0) {
      this.#fail(this.#failure);
    }
  }

  // The same target at once only where that may help and it did not ask for a pause; another one also where only another may help.
  #mayLead(copy: Copy, error: InferwayError): boolean {
    if (!isSame(this.#upcoming, copy.model)) return error.retryable || error.fallbackable;
    return error.retryable && error.retryAfterMs === undefined;
  }

  #fail(error: InferwayError): void {
    this.#end();
    this.#settled.reject(error);
  }

  #end(): void {
    this.#over = true;
    this.#clock.clearTimer(this.#timer);
    for (const copy of this.#running) {
      this.#letGo(copy);
      copy.link.abort(lost());
    }
  }

  #letGo(copy: Copy): void {
    this.#running.delete(copy);
    copy.link.release();
    copy.claim.release();
  }
}

/** Under what the durations of a target are kept: its operations take different times. */
export function delayKey({ operation }: Call, model: Model): string {
  return `${operation} ${formatModel(model)}`;
}

function isSame(a: Model, b: Model): boolean {
  return a.provider === b.provider && a.id === b.id;
}

function lost(): InferwayError {
  return new InferwayError('aborted', {
    message: 'Another copy of the call ended it first: this one was not needed any more.',
  });
}
