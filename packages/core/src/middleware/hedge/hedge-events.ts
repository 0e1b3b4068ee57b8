declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A further copy of the call was sent. */
    readonly hedge: {
      /** Milliseconds since the first copy was sent. */
      readonly after: number;
      /** 2 for the first copy beside the call itself. */
      readonly copy: number;
      /** `provider/model`. */
      readonly target: string;
      /** `slow`: the others took too long; `failed`: one failed. */
      readonly reason: 'slow' | 'failed';
    };
    /** A further copy gave the answer. */
    readonly 'hedge-won': {
      /** Milliseconds since the first copy was sent. */
      readonly after: number;
      readonly copy: number;
      readonly target: string;
    };
  }
}

export {};
