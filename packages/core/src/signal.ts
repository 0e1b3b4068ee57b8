import { InferwayError } from './error.js';

/** A controller of one's own that also follows a parent signal, and can let go of it. */
export interface LinkedController {
  readonly signal: AbortSignal;
  abort(reason: InferwayError): void;
  /** Stops following the parent. Call it when the work is over: a long-lived parent would otherwise collect listeners. */
  release(): void;
}

/** Makes a controller that aborts with `parent`. The reason is always an `InferwayError`. */
export function linkedController(parent: AbortSignal | undefined): LinkedController {
  const controller = new AbortController();
  if (parent === undefined) {
    return { signal: controller.signal, abort: (reason) => controller.abort(reason), release() {} };
  }
  const follow = (): void => controller.abort(abortReason(parent));
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => parent.removeEventListener('abort', follow),
  };
}

/** Why a signal aborted, as the error that the call rejects with. A caller's own reason is kept as the cause. */
export function abortReason(signal: AbortSignal): InferwayError {
  const reason: unknown = signal.reason;
  if (InferwayError.is(reason)) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') return InferwayError.from(reason);
  return new InferwayError('aborted', { message: 'The caller cancelled the call.', cause: reason });
}
