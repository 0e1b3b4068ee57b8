import type { ErrorCode } from '../../error-code.js';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A semantic cache had a text made into a vector, which may cost something. */
    readonly 'semantic-embed': {
      readonly result: 'done' | 'failed' | 'resting';
      readonly ms: number;
      /** Undefined where the embedder told none: unknown, not 0. */
      readonly costNanoUsd?: number | undefined;
      readonly inputTokens?: number | undefined;
      readonly code?: ErrorCode | undefined;
    };
    /** A question was near enough, and was not answered from the cache. */
    readonly 'semantic-refused': {
      /** `verify`: it said no, or failed; `gone`: the answer is no longer there. */
      readonly reason: 'verify' | 'gone';
      readonly similarity: number;
    };
  }
}
