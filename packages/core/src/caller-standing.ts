import type { RateLimitSnapshot } from './rate-limit.js';
import { stateKey, type StateKey } from './state.js';

/** How one limit or budget of the caller's own stands. */
export interface Standing {
  /** What it counts; `spend`: nano-dollars. */
  readonly kind: keyof RateLimitSnapshot | 'spend';
  readonly limit: number;
  /** What calls that run have reserved included; may be above `limit`. */
  readonly used: number;
  /** Milliseconds until all of it is free again; absent where that is not known, or never. */
  readonly resetMs?: number | undefined;
}

/** Who wants to know how the caller stands. */
export interface StandingListener {
  /**
   * `layer` decided on the call, and what it said before is out of date. What this throws is ignored. `read` gives how things stand as it decided, or as they are by now where
   * the store is in this process; it costs nothing until it is asked.
   */
  stands(layer: object, read: () => readonly Standing[]): void;
}

/**
 * Hears from `limit` and `budget` how the caller of the call stands with what is counted for it alone: apart by tenant, key, user or team. What
 * it shares with others (another tenant, or all who have no such name) is not told, since that would tell what they do. Set it in the state of a call: `state.set(callerStanding, mine)`.
 */
export const callerStanding: StateKey<StandingListener> =
  stateKey<StandingListener>('caller standing');

/** Tells `listener`, who must not break the call. */
export function tellStanding(
  listener: StandingListener,
  layer: object,
  read: () => readonly Standing[],
): void {
  try {
    listener.stands(layer, read);
  } catch {
    // Who watches a call must not break it.
  }
}
