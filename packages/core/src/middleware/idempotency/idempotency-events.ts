declare module '../../chain-events.js' {
  interface ChainEvents {
    /** What became of a call with an idempotency key; told before it goes on. */
    readonly idempotency: {
      /**
       * `first`: it is executed; `replayed`: it gets what the first one got, answer or error; `running`, `mismatch`, `unkept`: it is refused, since the
       * first one runs, had other parameters, or had an answer that could not be kept; `unguarded`: the store is away, and it is executed all the same.
       */
      readonly result: 'first' | 'replayed' | 'running' | 'mismatch' | 'unkept' | 'unguarded';
    };
    /** The store did not do its part. */
    readonly 'idempotency-store': {
      readonly operation: 'claim' | 'renew' | 'finish' | 'release';
      /** `lost`: the claim had ended, perhaps another call has it; `full`: there is no room. */
      readonly problem: 'failed' | 'lost' | 'full';
    };
  }
}
