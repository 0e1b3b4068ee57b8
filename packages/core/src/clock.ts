/** Time, randomness and timers, injected so that every rule can be tested in virtual time (law 10). */
export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. */
  now(): number;
  /** Milliseconds since the epoch. */
  wallTime(): number;
  /** At least 0 and below 1. */
  random(): number;
  /** Calls back once after `ms`. The handle is only good for `clearTimer`. */
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
}

// Node runs a timer of more than 2³¹−1 ms after 1 ms: longer waits are cut to 24 days, which no call outlives.
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's own time. Its timers keep a process alive only while something waits for them. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  random: () => Math.random(),
  setTimer: (callback, ms) => setTimeout(callback, Math.min(Math.max(0, ms), LONGEST_TIMER_MS)),
  clearTimer: (timer) => {
    clearTimeout(timer as ReturnType<typeof setTimeout> | undefined);
  },
};

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      clock.clearTimer(timer);
      reject(signal.reason);
    };
    const timer = clock.setTimer(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
