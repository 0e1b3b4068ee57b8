import {
  InferwayError,
  systemClock,
  type Clock,
  type Credential,
  type ModelInfo,
  type RateLimitSnapshot,
} from '@inferway/core';
import {
  connect,
  encodeModelId,
  ExpiringMap,
  ietfRateLimit,
  undiciTransport,
  type BaseUrlSettings,
  type Connection,
  type Identity,
  type Transport,
} from '@inferway/provider-kit';
import {
  isHubToken,
  mergeServing,
  readHubListing,
  readHubModel,
  readPartnerListing,
  readRouting,
  readRouterListing,
  type HubModel,
  type MappingEntry,
} from '@inferway/wire';

export interface HuggingFaceCatalogOptions {
  /** Sent where there is one and it is a token of the Hub, so that models of the user's own are seen; listings need none. Default: `HF_TOKEN`, then `HUGGING_FACE_HUB_TOKEN`. */
  readonly apiKey?: string | undefined;
  /** Of the router, with or without `/v1`. Default: the environment variable `HF_BASE_URL`, else `https://router.huggingface.co`. */
  readonly baseUrl?: string | undefined;
  /** Default `https://huggingface.co`. */
  readonly hubUrl?: string | undefined;
  /** How long a listing is good for. Default five minutes; 0 asks every time. */
  readonly listingTtlMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly transport?: Transport | undefined;
}

interface Asking {
  readonly signal?: AbortSignal | undefined;
}

/** Which models of the Hub to list. */
export interface ModelSearch extends Asking {
  /** Such as `text-to-image`. */
  readonly task?: string | undefined;
  /** Only what these serve; default: whatever any provider serves. */
  readonly providers?: readonly string[] | undefined;
  /** Words of the model's name. */
  readonly search?: string | undefined;
  /** Default: the Hub's. */
  readonly limit?: number | undefined;
}

/** What the router and the Hub say of models. */
export interface HuggingFaceCatalog {
  /** All chat models of the router, each with its providers, their prices, context, speed and features. */
  models(options?: Asking): Promise<readonly ModelInfo[]>;
  /** One model, with what the Hub adds: each provider's own id of it. Undefined where neither knows it. A routing suffix plays no part. */
  model(id: string, options?: Asking): Promise<ModelInfo | undefined>;
  /** Models of the Hub that providers serve, by task and provider, the most wanted first. */
  search(options?: ModelSearch): Promise<readonly ModelInfo[]>;
  /** All that one provider serves, whatever the task. */
  partner(provider: string, options?: Asking): Promise<readonly ModelInfo[]>;
  /** Who serves a model for what, in the order of the token's owner. */
  mapping(
    id: string,
    options?: Asking & { readonly credential?: Credential | undefined },
  ): Promise<readonly MappingEntry[]>;
  /** What the Hub last said of its limits. */
  rateLimit(): RateLimitSnapshot | undefined;
  close(): Promise<void>;
}

export const TOKEN_VARIABLES: readonly string[] = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'];

/** Where the router is. */
export function routerUrl(given: string | undefined): BaseUrlSettings {
  const standard = 'https://router.huggingface.co';
  return { given, env: 'HF_BASE_URL', standard, without: '/v1' };
}

const TIMEOUT_MS = 30_000;
const UNKNOWN: ReadonlySet<string> = new Set(['not_found', 'authentication']);
const EXPAND = 'expand%5B%5D=inferenceProviderMapping';

/** Makes a catalog, which remembers what it was told for a while. @throws {InferwayError} `configuration` for a bad URL or key. */
export function createHuggingFaceCatalog(
  options: HuggingFaceCatalogOptions = {},
): HuggingFaceCatalog {
  const { listingTtlMs = 300_000, clock = systemClock } = options;
  const transport = options.transport ?? undiciTransport();
  const identity = (baseUrl: Identity['baseUrl']): Identity => ({
    name: 'huggingface',
    baseUrl,
    key: {
      apiKey: options.apiKey,
      env: TOKEN_VARIABLES,
      optional: true,
      // A provider's key is not shown to the Hub.
      headers: (key) => (isHubToken(key) ? { authorization: `Bearer ${key}` } : {}),
    },
    rateLimit: ietfRateLimit,
    // The Hub's refusals say when to come back in the standard's own header only.
    refineError: (_body, { status, headers, now }) =>
      status === 429 && headers['retry-after'] === undefined
        ? { retryAfterMs: ietfRateLimit(headers, now)?.requests?.resetMs }
        : undefined,
    transport,
  });
  const router = connect(identity(routerUrl(options.baseUrl)));
  const hub = connect(identity(options.hubUrl ?? 'https://huggingface.co'));
  let limit: RateLimitSnapshot | undefined;
  const ask = async (
    connection: Connection,
    path: string,
    { signal, credential }: Asking & { readonly credential?: Credential | undefined },
  ): Promise<unknown> => {
    const session = connection.session({
      signal: signal ?? AbortSignal.timeout(TIMEOUT_MS),
      credential,
      clock,
    });
    try {
      return await session.json({ path });
    } catch (reason) {
      throw session.name(InferwayError.from(reason));
    } finally {
      if (connection === hub) limit = session.meta(false).rateLimit ?? limit;
    }
  };
  const told = new ExpiringMap<unknown>(listingTtlMs, 1000);
  const remember = async <T>(key: string, asked: () => Promise<T>): Promise<T> => {
    const known = told.get(key, clock.now());
    if (known !== undefined) return known as T;
    const answer = await asked();
    told.set(key, answer, clock.now());
    return answer;
  };
  // Labels of credentials need not differ where the credentials do.
  const owners = new WeakMap<Credential, number>();
  let count = 0;
  const ownerOf = (credential: Credential | undefined): number => {
    if (credential === undefined) return 0;
    const known = owners.get(credential) ?? ++count;
    owners.set(credential, known);
    return known;
  };
  const models = (asking: Asking = {}): Promise<readonly ModelInfo[]> =>
    remember('router', async () =>
      readRouterListing(await ask(router, 'v1/models', asking), 'huggingface'),
    );
  const hubModel = (
    name: string,
    asking: Asking & { readonly credential?: Credential | undefined },
  ): Promise<HubModel | 'unknown'> => {
    const path = `api/models/${encodeModelId(name)}?${EXPAND}`;
    // The order of providers is the user's own, and so may the model be.
    return remember(`model ${ownerOf(asking.credential)} ${name}`, () =>
      unknownAsWord(async () => readHubModel(await ask(hub, path, asking), 'huggingface')),
    );
  };

  return {
    models,
    async model(id, asking = {}) {
      const { name } = readRouting(id);
      // Refused before anything is asked.
      encodeModelId(name);
      const [listing, found] = await Promise.all([models(asking), hubModel(name, asking)]);
      const listed = listing.find((model) => model.id === name);
      if (found === 'unknown') return listed;
      if (listed === undefined) return found.info;
      return {
        ...listed,
        servedBy: mergeServing(listed.servedBy ?? [], found.info.servedBy ?? []),
      };
    },
    search(wanted = {}) {
      const { task, providers = ['all'], search, limit: most } = wanted;
      const query = new URLSearchParams({ inference_provider: providers.join(',') });
      if (task !== undefined) query.set('pipeline_tag', task);
      if (search !== undefined) query.set('search', search);
      if (most !== undefined) query.set('limit', String(most));
      const path = `api/models?${query.toString()}&${EXPAND}&expand%5B%5D=pipeline_tag`;
      return remember(path, async () =>
        readHubListing(await ask(hub, path, wanted), 'huggingface'),
      );
    },
    partner(provider, asking = {}) {
      const path = `api/partners/${encodeModelId(provider)}/models?status=live`;
      return remember(path, async () =>
        readPartnerListing(await ask(hub, path, asking), 'huggingface', provider),
      );
    },
    async mapping(id, asking = {}) {
      const found = await hubModel(readRouting(id).name, asking);
      return found === 'unknown' ? [] : found.mapping;
    },
    rateLimit: () => limit,
    close: () => transport.close(),
  };
}

// The Hub answers 401 for a model that does not exist, as for one that the token may not see.
async function unknownAsWord(
  asked: () => Promise<HubModel | undefined>,
): Promise<HubModel | 'unknown'> {
  try {
    return (await asked()) ?? 'unknown';
  } catch (reason) {
    if (InferwayError.is(reason) && UNKNOWN.has(reason.code)) return 'unknown';
    throw reason;
  }
}
