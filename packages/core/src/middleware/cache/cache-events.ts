import type { ErrorCode } from '../../error-code.js';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** What a cache did with the call; told once by each cache that the call meets, before it goes on. */
    readonly cache: {
      readonly kind: 'exact' | 'semantic';
      readonly result: 'hit' | 'stale' | 'miss' | 'bypass';
      /** Of an answer from the cache: what asking the provider had cost. Undefined where that is unknown. */
      readonly savedNanoUsd?: number | undefined;
      readonly ageMs?: number | undefined;
      readonly similarity?: number | undefined;
    };
    /** A stale answer is refreshed behind the call that it served. */
    readonly 'cache-refresh': {
      readonly result: 'done' | 'failed' | 'skipped';
      readonly code?: ErrorCode | undefined;
    };
    /** The store did not do its part: the call goes on as if it had no entry, or the answer is not kept. */
    readonly 'cache-store': {
      readonly operation: 'read' | 'write';
      /** `busy`: too many operations wait for it; `resting`: it failed again and again, and is left alone for a moment; `too-large`: above `maxEntryBytes`. */
      readonly problem: 'failed' | 'timeout' | 'busy' | 'resting' | 'too-large';
    };
  }
}
