import type { Call } from '../../call.js';
import { InferwayError } from '../../error.js';
import type { Next } from '../../middleware.js';
import { observe } from '../../observe.js';
import type { Observer, Outcome } from '../../outcome.js';
import type { AnyReply } from '../../reply.js';
import { send } from '../../send.js';
import { abortReason, listenTo, unlisten, type AbortListener } from '../../signal.js';

/** Hears once how a call ended below a layer. */
export interface StayEnd {
  /** `replied`: false where no reply came, but an error or an abort. */
  over(outcome: Outcome, replied: boolean): void;
}

/**
 * Sends a call on, and tells `end` exactly once how it ended: a stream when it was read, broke or was left; a call that was aborted at
 * once, also where nobody below listens to its signal.
 */
export function follow(call: Call, next: Next, end: StayEnd): Promise<AnyReply> {
  const stay = new Stay(call.signal, end);
  const failed = (reason: unknown): never => {
    stay.failed(InferwayError.from(reason));
    throw reason;
  };
  if (call.signal.aborted) return Promise.reject(abortReason(call.signal)).catch(failed);
  const accepted = (reply: AnyReply): AnyReply => {
    stay.accepted();
    return observe(reply, stay);
  };
  return send(call, next).then(accepted, failed);
}

class Stay implements Observer, AbortListener {
  readonly #signal: AbortSignal;
  #end: StayEnd | undefined;

  constructor(signal: AbortSignal, end: StayEnd) {
    this.#signal = signal;
    this.#end = end;
    listenTo(signal, this);
  }

  accepted(): void {
    unlisten(this.#signal, this);
  }

  /** The signal aborted before there was a reply. */
  handleEvent(): void {
    this.failed(abortReason(this.#signal));
  }

  failed(error: InferwayError): void {
    this.accepted();
    const status = error.code === 'aborted' ? 'cancelled' : 'failed';
    this.#over({ status, usage: error.usage, error }, false);
  }

  end(outcome: Outcome): void {
    this.#over(outcome, true);
  }

  #over(outcome: Outcome, replied: boolean): void {
    const end = this.#end;
    this.#end = undefined;
    end?.over(outcome, replied);
  }
}
