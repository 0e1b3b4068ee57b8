import type { ErrorCode } from './error-code.js';

declare module './chain-events.js' {
  interface ChainEvents {
    /** The call goes on to another target. */
    readonly fallback: { readonly from: string; readonly to: string; readonly reason: ErrorCode };
  }
}
