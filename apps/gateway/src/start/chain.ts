import {
  createClient,
  DEFAULT_ATTEMPTS,
  type Client,
  type Model,
  type PriceBook,
  type ProviderBase,
} from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { metrics, trace } from '@inferway/otel';
import type { Config } from '../config/config.js';
import { CALLER } from '../models/caller.js';
import { FALLBACKS } from '../models/fallbacks.js';
import type { Target } from '../models/model-names.js';
import type { CollectedProvider } from './providers.js';

export interface ChainOptions {
  readonly config: Config;
  readonly served: readonly CollectedProvider[];
  readonly aliases: ReadonlyMap<string, Target>;
  readonly prices: PriceBook;
}

/** The client behind the gateway: one chain for every route. What nobody asked for is not in it. */
export function createChain(options: ChainOptions): Client<ProviderBase> {
  const { config, served, aliases, prices } = options;
  const fallbacks = Math.max(0, ...[...aliases.values()].map((target) => target.fallbacks.length));
  return createClient({
    providers: served.map(({ provider }) => provider),
    attempts: config.attempts ?? DEFAULT_ATTEMPTS + fallbacks,
    middleware: standard({
      outer: config.telemetry === true ? [trace(), metrics()] : [],
      cache: config.cache ? { ...config.cache, scope: (call) => call.state.get(CALLER) } : false,
      fallback: fallbacks > 0 ? { targets: (_: Model, call) => call.state.get(FALLBACKS) } : false,
      retry: config.retry,
      cost: { prices },
      timeout: config.timeouts,
    }),
  });
}
