import type { Clock } from '../clock.js';
import { provideSchemas } from '../operations/chat-prepare.js';
import * as schemas from '../operations/chat-schemas.js';
import { seededRandom } from './seeded-random.js';
import { settle } from './settle.js';

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass: runs the timers that fall due, in order, and lets promises settle before, between and after them. */
  advance(ms: number): Promise<void>;
  /** How many timers wait. */
  readonly timers: number;
}

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

export interface VirtualClockOptions {
  /** Of `random()`. Default 1. */
  readonly seed?: number | undefined;
  /** Epoch milliseconds at the start. Default 0. */
  readonly wallTime?: number | undefined;
}

/** Makes a clock for tests. Monotonic time begins at 0. A timer of NaN milliseconds is an error here, not a timer of one. */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  provideSchemas(schemas);
  const random = seededRandom(options.seed ?? 1);
  const epoch = options.wallTime ?? 0;
  // In the order in which they were set, so that timers due at the same time run in that order.
  const timers = new Set<Timer>();
  let time = 0;

  const nextUntil = (until: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.due <= until && (next === undefined || timer.due < next.due)) next = timer;
    }
    return next;
  };

  return {
    now: () => time,
    wallTime: () => epoch + time,
    random,
    setTimer(callback, ms) {
      if (Number.isNaN(ms)) throw new RangeError('A timer was set for NaN milliseconds.');
      const timer: Timer = { due: time + Math.max(0, ms), callback };
      timers.add(timer);
      return timer;
    },
    clearTimer(timer) {
      timers.delete(timer as Timer);
    },
    get timers() {
      return timers.size;
    },
    async advance(ms) {
      const until = time + ms;
      await settle();
      for (let timer = nextUntil(until); timer !== undefined; timer = nextUntil(until)) {
        timers.delete(timer);
        time = Math.max(time, timer.due);
        timer.callback();
        await settle();
      }
      time = until;
    },
  };
}
