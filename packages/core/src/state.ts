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
  #values: Map<symbol, unknown> | undefined;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
    this.startedAt = runtime.clock.now();
  }

  get<T>(key: StateKey<T>): T | undefined {
    return this.#values?.get(key.symbol) as T | undefined;
  }

  set<T>(key: StateKey<T>, value: T): void {
    (this.#values ??= new Map()).set(key.symbol, value);
  }

  /** The value under `key`, made by `create` on first use. */
  ensure<T>(key: StateKey<T>, create: () => T): T {
    const values = (this.#values ??= new Map<symbol, unknown>());
    if (!values.has(key.symbol)) values.set(key.symbol, create());
    return values.get(key.symbol) as T;
  }
}
