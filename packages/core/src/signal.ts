import { InferwayError } from './error.js';

/** A controller of one's own that also follows a parent signal, and can let go of it. */
export interface LinkedController {
  readonly signal: AbortSignal;
  /** Aborts the own signal; only the first reason counts. */
  abort(reason: InferwayError): void;
  /** Stops following the parent. Call it when the work is over: a long-lived parent would otherwise collect listeners. */
  release(): void;
  /**
   * `work`, or a rejection as soon as this controller aborts, even where the work itself does not listen.
   * What the work gives after that is handed to `late`, to be closed. One race at a time.
   */
  race<T>(work: Promise<T>, late?: (value: T) => void): Promise<T>;
}

/**
 * Makes a controller that aborts with `parent`. The reason is always an `InferwayError`.
 *
 * @param reasonOf What the parent's abort becomes here.
 */
export function linkedController(
  parent: AbortSignal | undefined,
  reasonOf: (parent: AbortSignal) => InferwayError = abortReason,
): LinkedController {
  return new Linked(parent, reasonOf);
}

class Linked implements LinkedController {
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal | undefined;
  readonly #reasonOf: (parent: AbortSignal) => InferwayError;
  #reject: ((reason: InferwayError) => void) | undefined;

  constructor(parent: AbortSignal | undefined, reasonOf: (parent: AbortSignal) => InferwayError) {
    this.#parent = parent;
    this.#reasonOf = reasonOf;
    if (parent === undefined) return;
    if (parent.aborted) this.#follow();
    else parent.addEventListener('abort', this.#follow);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: InferwayError): void {
    if (this.signal.aborted) return;
    this.#controller.abort(reason);
    this.#reject?.(reason);
  }

  release(): void {
    this.#parent?.removeEventListener('abort', this.#follow);
  }

  race<T>(work: Promise<T>, late?: (value: T) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.signal.aborted) reject(this.signal.reason);
      this.#reject = reject;
      const settled = (value: T): void => {
        this.#reject = undefined;
        if (this.signal.aborted) late?.(value);
        resolve(value);
      };
      const failed = (reason: unknown): void => {
        this.#reject = undefined;
        reject(reason);
      };
      work.then(settled, failed);
    });
  }

  // A field, so that the listener is one function for add and remove.
  readonly #follow = (): void => {
    if (this.#parent !== undefined) this.abort(this.#reasonOf(this.#parent));
  };
}

/** Why a signal aborted, as the error that the call rejects with. A caller's own reason is kept as the cause. */
export function abortReason(signal: AbortSignal): InferwayError {
  const reason: unknown = signal.reason;
  if (InferwayError.is(reason)) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') return InferwayError.from(reason);
  return new InferwayError('aborted', { message: 'The caller cancelled the call.', cause: reason });
}

/**
 * The same for the signal that a caller gave: an error of its own for this call. One signal may stop many calls, and what a call's error
 * holds besides (the answer so far, the attempts) is of that call alone.
 */
export function callerAbortReason(signal: AbortSignal): InferwayError {
  const reason = abortReason(signal);
  if (reason !== signal.reason) return reason;
  const { code, message, retryable, fallbackable, phase, retryAfterMs } = reason;
  return new InferwayError(code, {
    message,
    retryable,
    fallbackable,
    phase,
    retryAfterMs,
    cause: reason,
  });
}
