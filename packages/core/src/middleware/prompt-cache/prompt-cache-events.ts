declare module '../../chain-events.js' {
  interface ChainEvents {
    /** What a provider's own prompt cache did for one attempt; told at its end. */
    readonly 'prompt-cache': {
      /** Markers that the layer placed. 0 also where the caller placed his own. */
      readonly markers: number;
      /** Input tokens that were read from the provider's cache. Undefined where it reports none. */
      readonly readTokens?: number | undefined;
      readonly writtenTokens?: number | undefined;
      /** What reading them saved over their full price. Undefined without a price. */
      readonly savedNanoUsd?: number | undefined;
      /** What writing cost above the full price. Undefined without a price. */
      readonly surchargeNanoUsd?: number | undefined;
    };
  }
}

export {};
