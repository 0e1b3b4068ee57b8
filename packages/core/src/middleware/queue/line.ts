import type { Clock } from '../../clock.js';
import { FairQueue } from './fair-queue.js';
import type { Trial, Waiter } from './waiter.js';

/** How often a line looks by itself, for room that nobody here can tell of. */
export interface Polling {
  readonly firstMs: number;
  /** The time between looks doubles up to this. */
  readonly mostMs: number;
}

/** What a line asks of the room that it is in. */
export interface LineHost<T> {
  readonly polling: Polling | undefined;
  /** Puts a waiter into another line. */
  move(waiter: Waiter<T>, key: string, waitMs: number | undefined): void;
  /** Nobody is left in it. */
  closed(key: string): void;
}

/**
 * Those who wait for the same thing. Only the first is ever tried, so that a crowd costs no more tries than one. While anybody waits, there
 * is a try under way or a timer set, or somebody here holds what is waited for and will wake it.
 */
export class Line<T> {
  readonly queue: FairQueue<Waiter<T>> = new FairQueue();
  readonly #key: string;
  readonly #host: LineHost<T>;
  readonly #clock: Clock;
  #timer: unknown;
  /** Monotonic time before which there is no room, as far as is known. */
  #blockedUntil = 0;
  /** Whose try is under way. */
  #tried: Waiter<T> | undefined;
  #trying = false;
  #again = false;
  #polls = 0;

  constructor(key: string, host: LineHost<T>, clock: Clock) {
    this.#key = key;
    this.#host = host;
    this.#clock = clock;
  }

  /** Milliseconds until there may be room, as far as is known; 0 or less where it is not. */
  get blockedMs(): number {
    return this.#blockedUntil - this.#clock.now();
  }

  /** There is no room for so long, where that is known: looks again after it. */
  block(waitMs: number | undefined): void {
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    if (waitMs !== undefined) this.#blockedUntil = this.#clock.now() + waitMs;
    const ms = Math.max(1, Math.min(waitMs ?? Number.POSITIVE_INFINITY, this.#pollMs()));
    if (ms !== Number.POSITIVE_INFINITY) this.#timer = this.#clock.setTimer(this.wake, ms);
  }

  /** There may be room: lets in as many as fit. A field, as the callback of its timer. */
  readonly wake = (): void => {
    this.#blockedUntil = 0;
    if (this.#trying) this.#again = true;
    else this.#run();
  };

  /** One left: without anybody in it, a line ends. */
  thin(): void {
    if (this.#tried?.left === true) {
      // Nobody waits for a store that does not answer any longer than the one who asked it.
      this.#tried = undefined;
      this.#run();
      return;
    }
    if (this.queue.size > 0 || this.#trying) return;
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#host.closed(this.#key);
  }

  #run(): void {
    this.#trying = true;
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    for (;;) {
      this.#again = false;
      const waiter = this.queue.first();
      if (waiter === undefined) break;
      let trial: Trial<T> | Promise<Trial<T>>;
      try {
        trial = waiter.entrant.attempt();
      } catch (reason) {
        waiter.refuse(reason);
        continue;
      }
      if (trial instanceof Promise) {
        this.#later(waiter, trial);
        return;
      }
      if (!this.#goesOn(waiter, trial)) break;
    }
    this.#trying = false;
    this.thin();
  }

  #later(waiter: Waiter<T>, trial: Promise<Trial<T>>): void {
    this.#tried = waiter;
    trial.then(
      (done) => {
        if (this.#tried !== waiter) {
          if (done.granted) waiter.entrant.undo(done.value);
          return;
        }
        this.#tried = undefined;
        if (this.#goesOn(waiter, done)) this.#run();
        else this.#rest();
      },
      (reason: unknown) => {
        if (this.#tried !== waiter) return;
        this.#tried = undefined;
        waiter.refuse(reason);
        this.#run();
      },
    );
  }

  #rest(): void {
    this.#trying = false;
    this.thin();
  }

  /** Does what the trial says; true where the next one may be tried. */
  #goesOn(waiter: Waiter<T>, trial: Trial<T>): boolean {
    if (trial.granted) {
      this.#polls = 0;
      this.queue.take(waiter);
      waiter.letIn(trial.value);
      return true;
    }
    if (trial.key !== this.#key) {
      this.queue.remove(waiter);
      this.#host.move(waiter, trial.key, trial.waitMs);
      return true;
    }
    if (this.#again) return true;
    this.block(trial.waitMs);
    return false;
  }

  // Jitter keeps processes apart that were refused together.
  #pollMs(): number {
    const { polling } = this.#host;
    if (polling === undefined) return Number.POSITIVE_INFINITY;
    const ms = Math.min(polling.mostMs, polling.firstMs * 2 ** this.#polls++);
    return ms * (0.5 + this.#clock.random() / 2);
  }
}
