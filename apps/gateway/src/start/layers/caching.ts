import { parseModel, type Call, type Middleware } from '@inferway/core';
import type { Embedder } from '@inferway/core/semantic';
import { inConfig, refuseProviders, switchedOn } from './in-config.js';
import type { LayerFacts } from './layer-facts.js';
import { tenantOf } from './tenant-of.js';

/** The layers that save calls and tokens. */
export interface CachingLayers {
  readonly cache?: readonly Middleware[];
  readonly coalesce?: Middleware;
  readonly promptCache?: Middleware;
}

/** Makes what the config asks for. @throws {InferwayError} `configuration` */
export async function cachingLayers(facts: LayerFacts): Promise<CachingLayers> {
  const { cache: exact, semanticCache: semantic, coalesce: shared, promptCache } = facts.config;
  const sharing = switchedOn(shared);
  const caches: Middleware[] = [];
  if (!exact && !semantic && !sharing && !promptCache) return {};
  const core = await import('@inferway/core/caching');
  if (exact) {
    const { maxEntries, maxBytes } = exact;
    const store = facts.stores.cache;
    // The bounds are of the memory here: a shared server has its own.
    const bounds = store === undefined ? { maxEntries, maxBytes } : { store };
    const { maxEntries: _entries, maxBytes: _bytes, ...rest } = exact;
    caches.push(inConfig('cache', () => core.cache({ ...rest, ...bounds, scope: tenantOf })));
  }
  if (semantic) caches.push(await semanticLayer(facts, semantic));
  return {
    ...(caches.length === 0 ? {} : { cache: caches }),
    ...(sharing && {
      coalesce: inConfig('coalesce', () => core.coalesce({ ...sharing, scope: tenantOf })),
    }),
    ...(promptCache && {
      promptCache: inConfig('promptCache', () => {
        refuseProviders(Object.keys(promptCache), facts.providers);
        return core.promptCache({ providers: promptCache });
      }),
    }),
  };
}

async function semanticLayer(
  { client, providers }: LayerFacts,
  {
    model,
    dimensions,
    ...options
  }: Exclude<LayerFacts['config']['semanticCache'], false | undefined>,
): Promise<Middleware> {
  const { clientEmbedder, semanticCache } = await import('@inferway/core/semantic');
  inConfig('semanticCache.model', () => refuseProviders([parseModel(model).provider], providers));
  // The client is made of this very layer, so that it is not there yet.
  let made: Embedder | undefined;
  const embed: Embedder = Object.assign(
    (text: string, call: Call) => {
      made ??= clientEmbedder(client() as never, { model: model as never, dimensions });
      return made(text, call);
    },
    { space: `${model} ${dimensions ?? ''}` },
  );
  return inConfig('semanticCache', () => semanticCache({ ...options, embed, scope: tenantOf }));
}
