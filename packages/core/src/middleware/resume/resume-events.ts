import type { ErrorCode } from '../../error-code.js';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A stream that broke off after its first content goes on. */
    readonly resume: {
      readonly mode: 'restart' | 'continue';
      /** Why it had broken off. */
      readonly error: ErrorCode;
      /** Who goes on: `provider/model`. */
      readonly target: string;
      /** 1 for the first time in this stream. */
      readonly time: number;
    };
  }
}
