import type { Call } from '../../call.js';
import { isHeard, tell } from '../../chain-events.js';

/** Which limit a call met. Names and figures of the configuration, never of users. */
export interface MetLimit {
  /** The name of the rule, or of the layer where it has no rules. */
  readonly limit: string;
  /** What is counted. */
  readonly unit: LimitUnit;
  /** What it is counted for: `tenant`, `user`, `model`; never which. */
  readonly per: string;
}

/** What limits count. */
export type LimitUnit =
  | 'requests'
  | 'inputTokens'
  | 'outputTokens'
  | 'totalTokens'
  | 'concurrency'
  | 'tokens';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A call has to wait until a limit has room. */
    readonly 'limit-wait': MetLimit & {
      /** Calls that wait for the same, this one included. */
      readonly waiting: number;
      /** Milliseconds until there may be room, where that is known. */
      readonly waitMs?: number | undefined;
    };
    /** The wait is over. */
    readonly 'limit-waited': MetLimit & {
      /** Milliseconds. */
      readonly waitedMs: number;
      /** False where the call was refused after all, or its caller left. */
      readonly admitted: boolean;
    };
    /** A limit let a call not in. */
    readonly 'limit-refused': MetLimit & {
      readonly reason: LimitRefusal;
      readonly retryAfterMs?: number | undefined;
    };
    /** Adaptive concurrency found that a target takes fewer calls at a time. */
    readonly 'concurrency-lowered': {
      readonly provider: string;
      readonly model: string;
      /** Calls at a time from now on. */
      readonly limit: number;
    };
  }
}

/**
 * Why a call was not let in: there is no room, it is more than the limit can ever hold, the queue is full or holds too many of its tenant, the
 * wait would be too long, the wait was too long, the store of the limits failed.
 */
export type LimitRefusal =
  | 'full'
  | 'never'
  | 'queue-full'
  | 'tenant-full'
  | 'too-long'
  | 'expired'
  | 'store';

/** Tells that a call waits, and, once `entering` has settled, for how long it did. */
export function tellWait(
  call: Call,
  met: MetLimit,
  waiting: number,
  waitMs: number | undefined,
  entering: Promise<unknown>,
): void {
  if (!isHeard(call.state)) return;
  tell(call, { type: 'limit-wait', ...met, waiting, waitMs });
  const { clock } = call.state.runtime;
  const since = clock.now();
  const over = (admitted: boolean): void =>
    tell(call, { type: 'limit-waited', ...met, waitedMs: clock.now() - since, admitted });
  entering.then(
    () => over(true),
    () => over(false),
  );
}
