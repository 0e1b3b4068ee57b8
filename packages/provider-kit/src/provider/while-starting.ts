import { InferwayError, remainingMs, sleep, type Call } from '@inferway/core';

/** What is known of a server that is not ready yet, and how long to put up with it. Milliseconds. */
export interface StartingSettings {
  /** Whether this refusal says that the server is only starting. */
  readonly isStarting: (error: InferwayError) => boolean;
  /** All waits together; 0: no wait, and the refusal is thrown as it is. */
  readonly maxMs: number;
  /** True where the server holds a request while it starts, so that the first one may take all of `maxMs` already. */
  readonly holds?: boolean | undefined;
  /** Requests in all. Default 60. */
  readonly tries?: number | undefined;
  /** How long it says that it will take, where it does. */
  readonly estimateMs?: ((error: InferwayError) => number | undefined) | undefined;
  /** The first wait where nothing is said; each one is half as long again. Default 1,000. */
  readonly firstMs?: number | undefined;
  /** No wait is longer. Default 15,000. */
  readonly mostMs?: number | undefined;
  /** What is told when the time is over. Default: a sentence with the time. */
  readonly giveUp?: ((error: InferwayError, waitedMs: number) => Promise<string>) | undefined;
}

/** A server that asks for no wait at all, or for none that is one, is not asked without any. */
const LEAST_MS = 100;

/**
 * Asks a server again that is only starting: its model is being loaded, or its machine. Every refusal was read to its end before, so nothing
 * stays open. Ends by the number of tries, by `maxMs`, and before the call's own deadline, since a wait that cannot succeed is only a delay.
 *
 * @throws {InferwayError} `overloaded`, not to be retried, when the time is over; whatever else `ask` throws; the reason of the call's signal.
 */
export async function whileStarting<T>(
  call: Pick<Call, 'signal' | 'state' | 'progress'>,
  ask: () => Promise<T>,
  settings: StartingSettings,
): Promise<T> {
  const { isStarting, maxMs, tries = 60, mostMs = 15_000, estimateMs } = settings;
  if (maxMs <= 0) return ask();
  const { clock } = call.state.runtime;
  const startedAt = clock.now();
  let waitMs = settings.firstMs ?? 1000;
  // The timers of the chain bound an answer; how long a start may take is said here.
  if (settings.holds === true) call.progress?.starting?.(maxMs);
  for (let made = 1; ; made++) {
    try {
      return await ask();
    } catch (reason) {
      const error = InferwayError.from(reason);
      if (!isStarting(error)) throw error;
      const told = error.retryAfterMs ?? estimateMs?.(error);
      // A quarter is left to chance, so that many callers do not come back together.
      const asked = told !== undefined && told >= 0 ? Math.max(told, LEAST_MS) : waitMs;
      const next = Math.min(asked, mostMs) * (1 - clock.random() / 4);
      const waitedMs = clock.now() - startedAt;
      if (made >= tries || waitedMs + next > maxMs || next >= remainingMs(call.state)) {
        throw await overdue(error, waitedMs, made, settings.giveUp);
      }
      call.progress?.starting?.(maxMs - waitedMs);
      await sleep(clock, next, call.signal);
      waitMs = Math.min(waitMs * 1.5, mostMs);
    }
  }
}

async function overdue(
  error: InferwayError,
  waitedMs: number,
  made: number,
  giveUp: StartingSettings['giveUp'],
): Promise<InferwayError> {
  const told = await giveUp?.(error, waitedMs);
  const waited = `${(waitedMs / 1000).toFixed(1)} s and ${made} request${made === 1 ? '' : 's'}`;
  const details = {
    ...error,
    cause: error,
    body: error.body,
    // The waiting has been done here.
    retryable: false,
    message: `${told ?? `It was still starting after ${waited}.`} Last: ${error.message}`,
  };
  return new InferwayError('overloaded', details);
}
