import type { Runtime } from './runtime.js';

/** The name of one typed slot in a call's state. Identity counts, not the description. */
export interface StateKey<T> {
  readonly symbol: symbol;
  /** Only there so that the type travels with the key. */
  readonly type?: T;
}

/** Makes a key for `State`. Keep it in a module and export it, or keep it private to a middleware. */
export function stateKey<T>(description: string): StateKey<T> {
  return { symbol: Symbol(description) };
}

/**
 * What the middleware of one logical call share: made once by the client, and the same object in every attempt of it.
 */
export class State {
  readonly runtime: Runtime;
  /** Monotonic time at which the logical call began, in milliseconds of `runtime.clock`. */
  readonly startedAt: number;
  readonly #setUp: ((state: State) => void) | undefined;
  /** Tells the forks of one call apart, where the call has an id of its own: '' for the call, then `~1`, `~2`, `~2~1`. */
  readonly lineage: string;
  #forks = 0;
  // A call has few values: looking through a short list is faster than a table, and so is making it.
  readonly #keys: symbol[] = [];
  readonly #values: unknown[] = [];
  /** Of a state that differs from another one in a single value: that one, and the key. */
  #base: State | undefined;
  #own: symbol | undefined;

  /** @param setUp What the application put in at the beginning, for `fork`; it is not run here. */
  constructor(
    runtime: Runtime,
    setUp?: (state: State) => void,
    lineage = '',
    startedAt: number = runtime.clock.now(),
  ) {
    this.runtime = runtime;
    this.lineage = lineage;
    this.startedAt = startedAt;
    this.#setUp = setUp;
  }

  /**
   * A state for another logical call on behalf of this one, such as work that goes on behind its answer: set up by the application as this one
   * was, without anything that layers have put in since (attempts, deadline, what is installed).
   */
  fork(): State {
    if (this.#base !== undefined) return this.#base.fork();
    const other = new State(this.runtime, this.#setUp, `${this.lineage}~${++this.#forks}`);
    this.#setUp?.(other);
    return other;
  }

  /** This state but for one value: whatever is read or written under another key is common to both. */
  but<T>(key: StateKey<T>, value: T): State {
    const other = new State(this.runtime, this.#setUp, this.lineage, this.startedAt);
    other.#base = this;
    other.#own = key.symbol;
    other.set(key, value);
    return other;
  }

  get<T>(key: StateKey<T>): T | undefined {
    const { symbol } = key;
    const holder = this.#holderOf(symbol);
    const at = holder.#keys.indexOf(symbol);
    return at < 0 ? undefined : (holder.#values[at] as T);
  }

  set<T>(key: StateKey<T>, value: T): void {
    const { symbol } = key;
    const holder = this.#holderOf(symbol);
    const at = holder.#keys.indexOf(symbol);
    holder.#values[at < 0 ? holder.#keys.push(symbol) - 1 : at] = value;
  }

  #holderOf(symbol: symbol): State {
    return this.#base === undefined || symbol === this.#own ? this : this.#base.#holderOf(symbol);
  }

  /** The value under `key`, made by `create` on first use. */
  ensure<T>(key: StateKey<T>, create: () => T): T {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = create();
    this.set(key, made);
    return made;
  }
}
