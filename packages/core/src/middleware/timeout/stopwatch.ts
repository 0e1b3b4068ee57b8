import type { Call } from '../../call.js';
import type { Clock } from '../../clock.js';
import { deadlineOf } from '../../deadline.js';
import { InferwayError, type TimeoutPhase } from '../../error.js';
import type { Observer } from '../../outcome.js';
import type { Progress } from '../../progress.js';
import type { LinkedController } from '../../signal.js';
import { isContentByDefault } from '../../traits.js';
import type { TimeoutLimits } from './timeout-limits.js';

const NEVER = Number.POSITIVE_INFINITY;

/**
 * The timers of one attempt. It hears of the exchange (as `Progress`) and of the stream (as `Observer`), notes times only, and keeps one
 * timer that looks again when it fires too early: setting and clearing one a chunk would cost more than the chunk.
 */
export class Stopwatch implements Observer, Progress {
  readonly #call: Call;
  readonly #limits: TimeoutLimits;
  readonly #link: LinkedController;
  readonly #clock: Clock;
  readonly #isContent: (event: never) => boolean;
  #connectDue = NEVER;
  /** When the wait for the provider began that runs now; undefined while it is the reader who takes his time. */
  #since: number | undefined;
  /** Waited for the provider before that, since the last content (before the first event: since the start). */
  #waited = 0;
  #bytesAt: number | undefined;
  #begun = false;
  #content = false;
  #timer: unknown;
  #timerDue = NEVER;

  /** @param now When the attempt begins. */
  constructor(call: Call, limits: TimeoutLimits, link: LinkedController, now: number) {
    const { state } = call;
    this.#call = call;
    this.#limits = limits;
    this.#link = link;
    this.#clock = state.runtime.clock;
    this.#isContent = state.runtime.traits(call.operation)?.isContent ?? isContentByDefault;
    this.#since = now;
    this.#arm(now, Math.min(this.#totalDue(), now + limits.shortest));
  }

  /** What a refusal brought is forgotten, and the time that the server may take is not counted. */
  starting(ms: number): void {
    const now = this.#clock.now();
    this.#since = now;
    this.#waited = -Math.max(0, ms);
    this.#bytesAt = undefined;
    this.#begun = false;
    this.#arm(now, this.#due());
  }

  connecting(): void {
    const now = this.#clock.now();
    this.#connectDue = now + this.#limits.connect;
    this.#arm(now, this.#connectDue);
  }

  connected(): void {
    this.#connectDue = NEVER;
  }

  headers(): void {
    this.#connectDue = NEVER;
  }

  bytes(): void {
    this.#bytesAt = this.#clock.now();
    if (this.#call.stream || this.#begun) return;
    // Only here does a unary answer go over from the long limit to the short one.
    this.#begun = true;
    this.#arm(this.#bytesAt, this.#due());
  }

  /** The stream is there; until somebody reads it, nobody waits for the provider. */
  accepted(): void {
    this.#pause();
  }

  waiting(): void {
    const now = this.#clock.now();
    this.#since = now;
    this.#arm(now, this.#due());
  }

  batch(events: readonly unknown[]): void {
    if ((events as readonly never[]).some(this.#isContent)) {
      this.#content = true;
      this.#waited = 0;
      this.#since = undefined;
    } else {
      this.#pause();
      if (!this.#begun) this.#waited = 0;
    }
    this.#begun = true;
  }

  end(): void {
    this.#since = undefined;
    // Earlier than anything, so that what is still told sets no timer.
    this.#timerDue = -NEVER;
    this.#clock.clearTimer(this.#timer);
    this.#link.release();
  }

  #pause(): void {
    if (this.#since !== undefined) this.#waited += this.#clock.now() - this.#since;
    this.#since = undefined;
  }

  // Whoever set the deadline: `timeout` itself, the client, or the server that passed the call on. It may move while several callers share the work.
  #totalDue(): number {
    return deadlineOf(this.#call.state) ?? NEVER;
  }

  #contentDue(): number {
    if (this.#since === undefined) return NEVER;
    const { firstEvent, idleContent } = this.#limits;
    if (!this.#begun) return this.#since + firstEvent - this.#waited;
    return this.#call.stream ? this.#since + idleContent - this.#waited : NEVER;
  }

  #bytesDue(): number {
    // A transport that tells of no bytes leaves this one out.
    if (this.#since === undefined || this.#bytesAt === undefined) return NEVER;
    const flows = this.#call.stream ? this.#content : this.#begun;
    return flows ? Math.max(this.#bytesAt, this.#since) + this.#limits.idleBytes : NEVER;
  }

  #due(): number {
    return Math.min(this.#connectDue, this.#totalDue(), this.#contentDue(), this.#bytesDue());
  }

  #arm(now: number, due: number): void {
    if (due >= this.#timerDue) return;
    this.#clock.clearTimer(this.#timer);
    this.#timerDue = due;
    this.#timer = this.#clock.setTimer(this.#look, due - now);
  }

  readonly #look = (): void => {
    this.#timerDue = NEVER;
    const now = this.#clock.now();
    const due = this.#due();
    if (due > now) {
      if (due !== NEVER) this.#arm(now, due);
      return;
    }
    this.#link.abort(this.#expired(due));
  };

  #expired(due: number): InferwayError {
    const { provider, id } = this.#call.model;
    const at = `${provider}/${id}`;
    const { connect, firstEvent, idleBytes, idleContent } = this.#limits;
    if (due === this.#totalDue()) {
      const total = Math.round(due - this.#call.state.startedAt);
      return this.#error(
        'total',
        `The call was not over within ${total} ms (all attempts together).`,
      );
    }
    if (due === this.#connectDue) {
      return this.#error('connect', `No connection to ${at} within ${connect} ms.`);
    }
    if (!this.#begun) {
      const what = this.#call.stream ? 'event' : 'byte';
      return this.#error('first-event', `No ${what} from ${at} within ${firstEvent} ms.`);
    }
    return due === this.#bytesDue()
      ? this.#error('idle-bytes', `Nothing arrived from ${at} for ${idleBytes} ms.`)
      : this.#error('idle-content', `No content arrived from ${at} for ${idleContent} ms.`);
  }

  #error(phase: TimeoutPhase, message: string): InferwayError {
    const again = phase !== 'total';
    return new InferwayError('timeout', {
      message,
      phase,
      retryable: again,
      fallbackable: again,
      provider: this.#call.model.provider,
      model: this.#call.model.id,
      sent: phase === 'connect' ? 'no' : 'maybe',
    });
  }
}
