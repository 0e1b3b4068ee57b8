import {
  createClient,
  DEFAULT_ATTEMPTS,
  InferwayError,
  type Client,
  type Middleware,
  type ProviderBase,
} from '@inferway/core';
import { standard, type FallbackOptions } from '@inferway/core/middleware';
import type { Config } from '../config/config.js';
import { FALLBACKS, leadsOn } from '../models/fallbacks.js';
import type { Target } from '../models/model-names.js';
import { cachingLayers } from './layers/caching.js';
import { guardLayer } from './layers/guarding.js';
import type { LayerFacts } from './layers/layer-facts.js';
import { limitingLayers } from './layers/limiting.js';
import { logLayer } from './layers/logging.js';
import { repeatLayer } from './layers/repeating.js';
import { resilienceLayers } from './layers/resilience.js';
import { routing } from './layers/routing.js';
import { spendingLayers } from './layers/spending.js';

export interface ChainOptions extends Omit<LayerFacts, 'client'> {
  readonly aliases: ReadonlyMap<string, Target>;
}

/**
 * The client behind the gateway: one chain for every route. What nobody asked for is neither in it nor loaded.
 *
 * @throws {InferwayError} `configuration` with the path in the config.
 */
export async function createChain(options: ChainOptions): Promise<Client<ProviderBase>> {
  const { config, providers, aliases, prices } = options;
  const fallbacks = Math.max(0, ...[...aliases.values()].map((target) => target.fallbacks.length));
  const facts: LayerFacts = { ...options, client: () => client };
  const [outer, idempotency, guard, caching, limiting, spending, resilience] = await Promise.all([
    outerLayers(facts),
    repeatLayer(facts),
    guardLayer(facts),
    cachingLayers(facts),
    limitingLayers(facts),
    spendingLayers(facts),
    resilienceLayers(facts),
  ]);
  const router = await routing(facts, resilience.breaker);
  const client = createClient({
    providers,
    attempts: config.attempts ?? DEFAULT_ATTEMPTS + fallbacks,
    middleware: standard({
      outer,
      idempotency,
      guard,
      ...caching,
      ...spending,
      ...limiting,
      ...resilience,
      route: router?.route,
      fallback: fallbackOptions(config.fallbackOn, fallbacks),
      retry: config.retry,
      cost: { prices },
      timeout: config.timeouts,
    }),
  });
  return client;
}

function fallbackOptions(
  codes: Config['fallbackOn'],
  longestList: number,
): FallbackOptions | false {
  if (longestList > 0) {
    const targets: FallbackOptions['targets'] = (_, call) => call.state.get(FALLBACKS);
    return { targets, on: codes && leadsOn(codes) };
  }
  if (codes === undefined) return false;
  throw new InferwayError('configuration', {
    message:
      'fallbackOn: no alias names a second model, so that no error could lead to one. Give an alias a list, or take it out.',
  });
}

async function outerLayers(facts: LayerFacts): Promise<Middleware[]> {
  const { config } = facts;
  const layers: Middleware[] = [];
  if (config.telemetry === true) {
    const { metrics, trace } = await import('@inferway/otel');
    layers.push(trace(), metrics());
  }
  if (config.log === true) layers.push(await logLayer(facts));
  return layers;
}
