import type { Call } from '../../call.js';
import { sleep } from '../../clock.js';
import type { InferwayError } from '../../error.js';
import type { EventSource } from '../../events.js';
import { linkedController } from '../../signal.js';
import type { Usage } from '../../usage.js';

/** When events came: so many of them, so many milliseconds after the first. */
export type Timing = readonly (readonly [count: number, atMs: number])[];

/**
 * A source that yields what is already there in the rhythm in which it once came: the first batch at once, each other one no sooner than it came
 * after the first. A reader who is late is not made later.
 */
export function timedEvents<E>(
  call: Call,
  events: readonly E[],
  timing: Timing,
  usage: Usage | undefined,
): EventSource<E> {
  const { clock } = call.state.runtime;
  const link = linkedController(undefined);
  const batches = timing[Symbol.iterator]();
  let taken = 0;
  let startedAt: number | undefined;
  return {
    usage,
    async pull() {
      const { value: next, done } = batches.next();
      if (link.signal.aborted) throw link.signal.reason;
      // Whatever the rhythm does not speak of comes last.
      const [count, atMs] = done === true ? [events.length, 0] : next;
      startedAt ??= clock.now();
      const waitMs = startedAt + atMs - clock.now();
      if (waitMs > 0) await sleep(clock, waitMs, link.signal);
      const batch = events.slice(taken, taken + count);
      taken += batch.length;
      return batch.length === 0 ? undefined : batch;
    },
    cancel(reason: InferwayError) {
      link.abort(reason);
    },
  };
}

/** True for what can be a rhythm: whole counts from 1, times that do not go back. */
export function isTiming(value: unknown): value is Timing {
  if (!Array.isArray(value)) return false;
  let before = 0;
  for (const mark of value as readonly unknown[]) {
    const [count, atMs] = Array.isArray(mark) ? (mark as readonly unknown[]) : [];
    if (!Number.isSafeInteger(count) || (count as number) < 1) return false;
    if (typeof atMs !== 'number' || !(atMs >= before)) return false;
    before = atMs;
  }
  return true;
}
