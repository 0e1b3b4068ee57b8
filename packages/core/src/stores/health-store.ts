/** A target or credential that is not to be used for a while. */
export interface HealthMark {
  /** What it is, by the names of the layer that marked it: `breaker|openai/gpt-5|default`. */
  readonly key: string;
  /** Milliseconds from now until it ends. */
  readonly leftMs: number;
  /** Why: an error code, or another short word. */
  readonly reason: string;
}

/**
 * Where processes tell each other what is unhealthy: open breakers, resting and parked credentials. Marks end by themselves. Nothing here is
 * needed for a call to go on: a layer that cannot reach the store works on what it saw itself.
 */
export interface HealthStore {
  /** Marks `key` for `ms` from now. A mark that is there and lasts longer stays. */
  mark(key: string, ms: number, reason: string): void | Promise<void>;
  /** Ends a mark. */
  clear(key: string): void | Promise<void>;
  /** The marks that hold now, in the order of the keys. One round trip. */
  read(
    keys: readonly string[],
  ): readonly (HealthMark | undefined)[] | Promise<readonly (HealthMark | undefined)[]>;
  /** True for at most `count` askers of one name within `ms`, over all processes: the probes of a half-open breaker. */
  claim(name: string, count: number, ms: number): boolean | Promise<boolean>;
  /** Tells of marks of other processes as they are made (`leftMs` 0: ended), where the store can. Gives back how to stop. */
  watch?(listener: (mark: HealthMark) => void): () => void;
  /** Releases connections. */
  close?(): Promise<void>;
}
