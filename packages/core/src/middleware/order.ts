import type { Middleware } from '../middleware.js';
import { badOption } from '../option-checks.js';
import type { StandardOptions } from './standard-options.js';

const LIMITS = ['limitTargets', 'adaptiveConcurrency', 'learnLimits'];

/**
 * The canonical order (law 7), outermost first: each place with those of our own layers that belong there, by their names. A ledger inside of
 * `cost` would see no cost, a cache inside of `budget` would pay for its hits.
 */
export const ORDER: readonly (readonly [
  place: keyof StandardOptions,
  ...layers: readonly string[],
])[] = [
  ['outer'],
  ['idempotency', 'idempotency'],
  ['guard', 'guard'],
  ['cache', 'cache', 'semanticCache'],
  ['coalesce', 'coalesce'],
  ['ledger', 'ledger'],
  ['budget', 'budget'],
  ['callerLimits', 'limit'],
  ['resume', 'resume'],
  ['route', 'route'],
  ['fallback', 'fallback'],
  ['hedge', 'hedge'],
  ['retry', 'retry'],
  ['limits', ...LIMITS],
  ['breaker', 'circuitBreaker'],
  ['promptCache', 'promptCache'],
  ['cost', 'cost'],
  ['timeout', 'timeout'],
  ['auth', 'auth'],
  ['credentialLimits', ...LIMITS],
];

/** Where a layer of ours may stand, as indexes into the order; empty for any other. */
export function homesOf({ name }: Middleware): readonly number[] {
  return ORDER.flatMap(([, ...layers], index) => (layers.includes(name) ? [index] : []));
}

/**
 * Gives back a list of layers of your own, for `createClient({ middleware: checkOrder([…]) })`, if those of ours in it stand in the canonical order.
 * Layers that it does not know may stand anywhere.
 *
 * @throws {InferwayError} `configuration` naming two that stand the wrong way round, and the cure.
 */
export function checkOrder(middleware: readonly Middleware[]): readonly Middleware[] {
  let outer: Middleware | undefined;
  let reached = 0;
  for (const layer of middleware) {
    const homes = homesOf(layer);
    if (homes.length === 0) continue;
    const home = homes.find((index) => index >= reached);
    if (home === undefined) {
      throw badOption(
        'middleware',
        `checkOrder: ${layer.name}(…) stands inside of ${outer?.name}(…), and belongs outside of it. Put it before, or let standard({ … }) order them: ${ORDER.map(([place]) => place).join(' → ')}.`,
      );
    }
    reached = home;
    outer = layer;
  }
  return middleware;
}
