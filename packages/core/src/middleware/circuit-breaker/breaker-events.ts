/** Open: calls are refused. Half-open: a few try whether the target is back. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** What a breaker changed to, and why. */
export interface BreakerChange {
  readonly state: BreakerState;
  /** `provider/model`. */
  readonly target: string;
  /** What has this breaker: `provider/model|credential`, or what the option `key` gave. */
  readonly key: string;
  /** Open: the code of the last failure, `slow`, or what another process said; else `time`, `probe`, `panic` or `elsewhere`. */
  readonly reason: string;
  /** Of an open one: for how long. */
  readonly openMs?: number | undefined;
}

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A breaker changed its state. */
    readonly breaker: BreakerChange;
    /** A breaker kept the call from its target; nothing was sent. */
    readonly 'breaker-refused': {
      readonly target: string;
      readonly state: BreakerState;
      readonly retryAfterMs: number;
    };
    /** All targets of the call are open, and this one is tried after all. */
    readonly panic: { readonly target: string };
  }
}
