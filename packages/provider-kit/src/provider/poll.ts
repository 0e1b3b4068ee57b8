import { sleep, type Clock } from '@inferway/core';

/** How often to ask for what is not ready yet. Milliseconds. */
export interface PollSettings {
  readonly clock: Clock;
  /** Ends the asking: an abort, or the call's deadline. */
  readonly signal: AbortSignal;
  /** Before the first time. Default 500. */
  readonly firstMs?: number | undefined;
  /** Each wait is so many times the one before. Default 1.5. */
  readonly factor?: number | undefined;
  /** No wait is longer. Default 5,000. */
  readonly mostMs?: number | undefined;
}

/**
 * Asks until there is an answer. Waits first, and longer each time, with a quarter of it left to chance so that many callers do not ask at once.
 *
 * @throws the signal's reason, or whatever `ask` throws.
 */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  settings: PollSettings,
): Promise<T> {
  const { clock, signal, factor = 1.5, mostMs = 5000 } = settings;
  let waitMs = settings.firstMs ?? 500;
  for (;;) {
    await sleep(clock, waitMs * (1 - clock.random() / 4), signal);
    const answer = await ask();
    if (answer !== undefined) return answer;
    waitMs = Math.min(waitMs * factor, mostMs);
  }
}
