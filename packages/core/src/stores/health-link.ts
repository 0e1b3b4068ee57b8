import type { Clock } from '../clock.js';
import { badOption, checkMs } from '../option-checks.js';
import type { HealthMark, HealthStore } from './health-store.js';

/** How a layer shares health with other processes. */
export interface HealthSharing {
  /** Where marks are shared. Without one, each process goes by what it saw itself. */
  readonly health?: HealthStore | undefined;
  /** The marks of others are read so often, behind the calls that go on. Default 1,000 ms. */
  readonly refreshMs?: number | undefined;
  /** How long one operation of the store may take. Default 50 ms. */
  readonly storeTimeoutMs?: number | undefined;
}

/** What a read says of one key. `askedAt`: when it was begun. */
export type Apply = (key: string, mark: HealthMark | undefined, askedAt: number) => void;

// A store may be wrong about time. No mark is believed for longer than this.
const LONGEST_MARK_MS = 2_147_483_647;
// After a failed read the store is left alone for a while.
const REST_AFTER_FAILURE = 5;

/** A layer's way to a `HealthStore`: bounded in time, never thrown from, and read behind the calls. */
export class HealthLink {
  readonly #store: HealthStore;
  readonly #refreshMs: number;
  readonly #timeoutMs: number;
  #reading = false;
  #nextReadAt = Number.NEGATIVE_INFINITY;
  /** The store failed last time: nobody waits for it before it answered again. */
  #down = false;
  #stop: (() => void) | undefined;

  /** Undefined where nothing is shared. @throws {InferwayError} `configuration` for times that cannot work. */
  static of(owner: string, sharing: HealthSharing): HealthLink | undefined {
    const refreshMs = checkMs(owner, 'refreshMs', sharing.refreshMs ?? 1000);
    const timeoutMs = checkMs(owner, 'storeTimeoutMs', sharing.storeTimeoutMs ?? 50);
    const { health } = sharing;
    if (health === undefined) return undefined;
    for (const operation of ['mark', 'clear', 'read', 'claim'] as const) {
      if (typeof health[operation] === 'function') continue;
      // What fails later fails silently: the layer would go on without it.
      throw badOption(
        'health',
        `${owner}: health is no HealthStore: it has no ${operation}(). Give memoryHealth(), or the health store of a package such as @inferway/redis.`,
      );
    }
    return new HealthLink(health, refreshMs, timeoutMs);
  }

  private constructor(store: HealthStore, refreshMs: number, timeoutMs: number) {
    this.#store = store;
    this.#refreshMs = refreshMs;
    this.#timeoutMs = timeoutMs;
  }

  /** Marks in the background. */
  mark(key: string, ms: number, reason: string): void {
    ignore(() => this.#store.mark(key, Math.min(Math.ceil(ms), LONGEST_MARK_MS), reason));
  }

  /** Ends a mark in the background. */
  clear(key: string): void {
    ignore(() => this.#store.clear(key));
  }

  /** True where the marks of others are to be read again. */
  isDue(now: number): boolean {
    return !this.#reading && now >= this.#nextReadAt;
  }

  /** Reads the marks of `keys`. A store that answers at once is applied at once. */
  refresh(clock: Clock, keys: readonly string[], apply: Apply): void {
    const now = clock.now();
    this.#nextReadAt = now + this.#refreshMs;
    if (keys.length === 0) return;
    const take = (marks: readonly (HealthMark | undefined)[] | undefined): void => {
      this.#reading = false;
      this.#down = !Array.isArray(marks) || marks.length !== keys.length;
      if (this.#down) this.#nextReadAt = clock.now() + REST_AFTER_FAILURE * this.#refreshMs;
      else for (const [index, key] of keys.entries()) apply(key, sane(marks?.[index]), now);
    };
    const read = this.#ask(clock, () => this.#store.read(keys));
    if (read instanceof Promise) {
      this.#reading = true;
      read.then(take, () => {});
    } else {
      take(read);
    }
  }

  /** A place for a probe; undefined where the store cannot say. */
  claim(
    clock: Clock,
    name: string,
    count: number,
    ms: number,
  ): boolean | undefined | Promise<boolean | undefined> {
    if (this.#down) return undefined;
    const claimed = this.#ask(clock, () => this.#store.claim(name, count, ms));
    return claimed instanceof Promise ? claimed.then(asBoolean) : asBoolean(claimed);
  }

  /** Hears of marks as they are made, where the store can tell. */
  watch(listener: (mark: HealthMark) => void): void {
    if (this.#stop !== undefined) return;
    this.#stop = () => {};
    ignore(() => {
      const stop = this.#store.watch?.((mark) => {
        const told = sane(mark);
        if (told !== undefined) listener(told);
      });
      if (typeof stop === 'function') this.#stop = stop;
    });
  }

  close(): void {
    ignore(() => this.#stop?.());
  }

  /** What the store answers in time; undefined where it fails, or does not. */
  #ask<T>(clock: Clock, ask: () => T | Promise<T>): T | undefined | Promise<T | undefined> {
    try {
      const answer = ask();
      return answer instanceof Promise ? inTime(answer, clock, this.#timeoutMs) : answer;
    } catch {
      return undefined;
    }
  }
}

function asBoolean(answer: unknown): boolean | undefined {
  return typeof answer === 'boolean' ? answer : undefined;
}

function sane(mark: HealthMark | undefined): HealthMark | undefined {
  if (typeof mark !== 'object' || mark === null || !(mark.leftMs >= 0)) return undefined;
  return mark.leftMs <= LONGEST_MARK_MS ? mark : { ...mark, leftMs: LONGEST_MARK_MS };
}

function ignore(work: () => unknown): void {
  try {
    const done = work();
    if (done instanceof Promise) done.catch(() => {});
  } catch {
    // What others are not told of, they find out by themselves.
  }
}

function inTime<T>(answer: Promise<T>, clock: Clock, ms: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(() => resolve(undefined), ms);
    const settle = (value: T | undefined): void => {
      clock.clearTimer(timer);
      resolve(value);
    };
    answer.then(settle, () => settle(undefined));
  });
}
