import type { Middleware, State } from '@inferway/core';
import type { VirtualClock } from '@inferway/core/testing';
import type { Runner } from '../runner.js';

/** What the middleware is to be made with. */
export interface MiddlewareSetup {
  /** Stands still until the kit lets time pass; for middleware that takes a clock. Calls carry the same one. */
  readonly clock: VirtualClock;
}

/** Makes the middleware; called for every test. */
export type MiddlewareFactory = (setup: MiddlewareSetup) => Middleware;

export interface MiddlewareSuite {
  /** Title of the suite. Default: the middleware's name. */
  readonly name?: string | undefined;
  /** Puts into a call's state what the middleware needs there. */
  readonly state?: ((state: State) => void) | undefined;
  /**
   * True for middleware that may answer a call in the provider's place, or try another way when it failed: then the errors of one attempt
   * need not be what the caller gets, and a call may be none or several to the provider.
   */
  readonly decides?: boolean | undefined;
  /** Milliseconds that a check waits for what must come, before it fails. Default 5000. */
  readonly patienceMs?: number | undefined;
  /** Default: global `describe` and `it`, else `node:test`. */
  readonly runner?: Runner | undefined;
}
