import { stateKey, type StateKey } from './state.js';

/** What must hold for a target before any policy looks at it. */
export interface RouteRules {
  /** Tags that a target must have, each with this value or one of these. A target without the tag never serves the call. */
  readonly require?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Only these: `provider/model`, or `provider/*` for all of a provider. */
  readonly allow?: readonly string[] | undefined;
  /** Never these. */
  readonly deny?: readonly string[] | undefined;
}

/**
 * Rules of one call, beside those of its route: `{ state: (state) => state.set(routeRules, { require: { region: 'eu' } }) }`. They hold for a
 * model that is named by itself, too. A router keeps them (`@inferway/core/routing`), and caches keep answers apart by them.
 */
export const routeRules: StateKey<RouteRules> = stateKey<RouteRules>('route rules of the call');
