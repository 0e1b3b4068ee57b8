declare module '../../chain-events.js' {
  interface ChainEvents {
    /** This call joined one that asks the same. */
    readonly coalesced: {
      /** How many share the answer now, this one included. */
      readonly callers: number;
      /** The id (`callIdOf`) of the call that asked first, and pays. */
      readonly leader: string;
    };
  }
}

export {};
