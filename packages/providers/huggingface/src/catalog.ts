import { InferwayError, systemClock, type Clock, type ModelInfo } from '@inferway/core';
import {
  defineProvider,
  ExpiringMap,
  encodeModelId,
  undiciTransport,
  type BaseUrlSettings,
  type Transport,
} from '@inferway/provider-kit';

import { mergeServing, readHubModel } from './hub-mapping.js';
import { readRouting } from './routed-model.js';
import { readRouterListing } from './router-listing.js';

export interface HuggingFaceCatalogOptions {
  /** Sent where there is one, so that models of the user's own are seen; listings need none. Default: `HF_TOKEN`, then `HUGGING_FACE_HUB_TOKEN`. */
  readonly apiKey?: string | undefined;
  /** Of the router. Default: the environment variable `HF_BASE_URL`, else `https://router.huggingface.co/v1`. */
  readonly baseUrl?: string | undefined;
  /** Default `https://huggingface.co`. */
  readonly hubUrl?: string | undefined;
  /** How long a listing is good for. Default five minutes; 0 asks every time. */
  readonly listingTtlMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly transport?: Transport | undefined;
}

interface Asking {
  readonly signal?: AbortSignal;
}

/** What the router and the Hub say of models. */
export interface HuggingFaceCatalog {
  /** All chat models of the router, each with its providers, their prices, context, speed and features. */
  models(options?: Asking): Promise<readonly ModelInfo[]>;
  /** One model, with what the Hub adds: each provider's own id of it. Undefined where neither knows it. A routing suffix plays no part. */
  model(id: string, options?: Asking): Promise<ModelInfo | undefined>;
  close(): Promise<void>;
}

export const TOKEN_VARIABLES: readonly string[] = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'];

/** Where the router is. */
export function routerUrl(given: string | undefined): BaseUrlSettings {
  return { given, env: 'HF_BASE_URL', standard: 'https://router.huggingface.co/v1' };
}

const UNKNOWN: ReadonlySet<string> = new Set(['not_found', 'authentication']);

/** Makes a catalog, which remembers what it was told for a while. @throws {InferwayError} `configuration` for a bad URL or key. */
export function createHuggingFaceCatalog(
  options: HuggingFaceCatalogOptions = {},
): HuggingFaceCatalog {
  const { listingTtlMs = 300_000, clock = systemClock } = options;
  const transport = options.transport ?? undiciTransport();
  const ask = (
    baseUrl: string | BaseUrlSettings,
    path: string,
    decode: typeof readHubModel,
    asking: Asking | undefined,
  ): Promise<readonly ModelInfo[]> => {
    const { models } = defineProvider({
      name: 'huggingface',
      baseUrl,
      key: { apiKey: options.apiKey, env: TOKEN_VARIABLES, optional: true },
      endpoints: {},
      models: { path, decode },
      transport,
    });
    return models === undefined ? Promise.resolve([]) : models(asking);
  };
  const told = new ExpiringMap<readonly ModelInfo[]>(listingTtlMs, 1000);
  const remember = async (
    key: string,
    asked: () => Promise<readonly ModelInfo[]>,
  ): Promise<readonly ModelInfo[]> => {
    const known = told.get(key, clock.now());
    if (known !== undefined) return known;
    const models = await asked();
    told.set(key, models, clock.now());
    return models;
  };
  const router = routerUrl(options.baseUrl);
  const hubUrl = options.hubUrl ?? 'https://huggingface.co';
  const models = (asking?: Asking): Promise<readonly ModelInfo[]> =>
    remember('router', () => ask(router, 'models', readRouterListing, asking));

  return {
    models,
    async model(id, asking) {
      const { name } = readRouting(id);
      const path = `api/models/${encodeModelId(name)}?expand%5B%5D=inferenceProviderMapping`;
      const [listing, found] = await Promise.all([
        models(asking),
        remember(`hub ${name}`, () => noneForUnknown(ask(hubUrl, path, readHubModel, asking))),
      ]);
      const listed = listing.find((model) => model.id === name);
      const [hub] = found;
      if (listed === undefined || hub === undefined) return listed ?? hub;
      return { ...listed, servedBy: mergeServing(listed.servedBy ?? [], hub.servedBy ?? []) };
    },
    close: () => transport.close(),
  };
}

// The Hub answers 401 for a model that does not exist, as for one that the token may not see: a listing of one that is empty.
async function noneForUnknown(asked: Promise<readonly ModelInfo[]>): Promise<readonly ModelInfo[]> {
  try {
    return await asked;
  } catch (reason) {
    if (InferwayError.is(reason) && UNKNOWN.has(reason.code)) return [];
    throw reason;
  }
}
