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
   *
   * @param over Told at once when the race is over: with the value, or without one where it failed. Must not throw.
   */
  race<T>(work: Promise<T>, late?: (value: T) => void, over?: (value?: T) => void): Promise<T>;
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

const OWNER = Symbol('the controller of a signal');

/** An `AbortSignal` that knows whether it is of a `LinkedController`. */
interface OwnedSignal extends AbortSignal {
  [OWNER]?: Linked;
}

/**
 * Calls `listener.handleEvent()` when the signal aborts, until `unlisten`. The same as `addEventListener`, which costs a call of ours some microseconds
 * where several layers listen: a signal that a `LinkedController` made tells its listeners itself.
 */
export function listenTo(signal: AbortSignal, listener: AbortListener): void {
  const owner = (signal as OwnedSignal)[OWNER];
  if (owner === undefined) signal.addEventListener('abort', listener);
  else owner.listeners.push(listener);
}

/** Ends `listenTo`. */
export function unlisten(signal: AbortSignal, listener: AbortListener): void {
  const listeners = (signal as OwnedSignal)[OWNER]?.listeners;
  if (listeners === undefined) {
    signal.removeEventListener('abort', listener);
    return;
  }
  const at = listeners.indexOf(listener);
  if (at >= 0) listeners.splice(at, 1);
}

/** How many listen by `listenTo` to a signal that tells them itself. */
export function ownListeners(signal: AbortSignal): number {
  return (signal as OwnedSignal)[OWNER]?.listeners.length ?? 0;
}

/** Hears of an abort. */
export interface AbortListener {
  handleEvent(): void;
}

class Linked implements LinkedController, AbortListener {
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal | undefined;
  readonly #reasonOf: (parent: AbortSignal) => InferwayError;
  readonly listeners: AbortListener[] = [];
  readonly signal: AbortSignal = this.#controller.signal;
  #reject: ((reason: InferwayError) => void) | undefined;

  constructor(parent: AbortSignal | undefined, reasonOf: (parent: AbortSignal) => InferwayError) {
    this.#parent = parent;
    this.#reasonOf = reasonOf;
    (this.signal as OwnedSignal)[OWNER] = this;
    if (parent === undefined) return;
    if (parent.aborted) this.handleEvent();
    else listenTo(parent, this);
  }

  abort(reason: InferwayError): void {
    if (this.signal.aborted) return;
    this.#controller.abort(reason);
    // As with `addEventListener`, who stopped listening meanwhile is not told, and one that throws keeps nobody else from hearing of it.
    while (this.listeners.length > 0) {
      try {
        this.listeners.shift()?.handleEvent();
      } catch (thrown) {
        // For the process to hear of, as what a listener of an event throws.
        void Promise.reject(thrown);
      }
    }
    this.#reject?.(reason);
  }

  release(): void {
    if (this.#parent !== undefined) unlisten(this.#parent, this);
  }

  race<T>(work: Promise<T>, late?: (value: T) => void, over?: (value?: T) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let isOver = false;
      const failed = (reason: unknown): void => {
        if (!isOver) over?.();
        isOver = true;
        reject(reason);
      };
      this.#reject = failed;
      if (this.signal.aborted) failed(this.signal.reason);
      work.then((value) => {
        if (isOver) {
          late?.(value);
          return;
        }
        isOver = true;
        over?.(value);
        resolve(value);
      }, failed);
    });
  }

  /** The parent aborted. */
  handleEvent(): void {
    this.abort(this.#reasonOf(this.#parent as AbortSignal));
  }
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

/**
 * `work`, or a rejection as soon as the signal aborts; the work itself goes on.
 *
 * @param tooLate Is given what the work brings after that.
 */
export function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  tooLate: (value: T) => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const finished = (value: T): void => {
      if (signal.aborted) tooLate(value);
      resolve(value);
    };
    work.then(finished, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
