import { InferwayError, type Middleware } from '@inferway/core';
import type * as Core from '@inferway/core/routing';
import type { Policy, Router, TargetHealth } from '@inferway/core/routing';
import type { AutoConfig, PolicyName } from '../../config/chain-config.js';
import { inConfig, switchedOn } from './in-config.js';
import type { LayerFacts } from './layer-facts.js';

export interface Routing {
  readonly router: Router;
  readonly route: Middleware;
}

/** The router of the config's routes and of `auto`; undefined where there is neither. @throws {InferwayError} `configuration` */
export async function routing(
  facts: LayerFacts,
  health: TargetHealth | undefined,
): Promise<Routing | undefined> {
  const { config, providers, prices, closing } = facts;
  const { routes, modelTags } = config;
  const auto: AutoConfig | undefined = switchedOn(config.auto);
  if (routes === undefined && auto === undefined) return undefined;
  const core = await import('@inferway/core/routing');
  const router = inRoutes(() =>
    core.createRouter({
      routes: Object.fromEntries(
        Object.entries(routes ?? {}).map(([name, written]) => [
          name,
          { ...written, policy: policyOf(core, written.policy) },
        ]),
      ),
      providers,
      ...(auto && { auto: { ...auto, policy: policyOf(core, auto.policy) } }),
      ...(modelTags && { tags: modelTags }),
      prices,
      health,
    }),
  );
  closing.add(() => router.close());
  return { router, route: core.route(router) };
}

// Where in the config a refusal of the router belongs: it names the route, and its target by number.
const PLACE = /route "(?<route>[^"]+)"(?:, target (?<number>\d+))?/u;

function inRoutes<T>(make: () => T): T {
  try {
    return make();
  } catch (reason) {
    const { param, message } = InferwayError.from(reason);
    const { route, number } = PLACE.exec(message)?.groups ?? {};
    const target = number === undefined ? '' : `.targets[${Number(number) - 1}]`;
    const place =
      route !== undefined
        ? `routes.${route}${target}`
        : param === 'tags'
          ? 'modelTags'
          : /^auto\b/u.test(param ?? '')
            ? 'auto'
            : 'routes';
    return inConfig(place, () => {
      throw reason;
    });
  }
}

function policyOf(core: typeof Core, name: PolicyName | undefined): Policy | undefined {
  if (name === undefined) return undefined;
  const { preferred, cheapest, fastest, weighted, leastLoaded } = core;
  return { preferred, cheapest, fastest, weighted, leastLoaded }[name]();
}
