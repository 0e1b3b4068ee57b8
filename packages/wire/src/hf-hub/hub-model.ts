import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ModelInfo,
  type ServingProvider,
} from '@inferway/core';
import { isHfTask } from '../hf-tasks/codecs.js';
import { operationOf } from '../hf-tasks/operation-tasks.js';
import { asString } from '../lenient.js';

const STATUSES: ReadonlySet<unknown> = new Set(['live', 'staging', 'error']);

/** One provider's way to a model, as the Hub knows it. */
export interface MappingEntry {
  readonly provider: string;
  readonly status: ServingProvider['status'];
  /** The model's id at that provider. */
  readonly providerId: string | undefined;
  /** `conversational`, `text-to-image` … */
  readonly task: string | undefined;
  /** Weights that the provider puts on top of a model of its own. */
  readonly adapter: string | undefined;
  readonly adapterWeightsPath: string | undefined;
}

/** A model of the Hub's API, asked with `expand[]=inferenceProviderMapping`. */
export interface HubModel {
  readonly info: ModelInfo;
  /** In the order of the user's preferences, where the Hub was asked with a token. */
  readonly mapping: readonly MappingEntry[];
}

/** Reads a model of the Hub's API. One without providers lacks the member. */
export function readHubModel(body: unknown, provider: string): HubModel | undefined {
  if (!isJsonObject(body) || typeof body.id !== 'string') return undefined;
  const mapping = readMapping(body.inferenceProviderMapping);
  const servedBy = mapping.map(({ provider: name, status, providerId }): ServingProvider => ({
    provider: name,
    status,
    providerModelId: providerId,
  }));
  const task = asString(body.pipeline_tag);
  const operations = operationsOf(mapping.length === 0 ? task : mapping[0]?.task);
  return {
    mapping,
    info: { id: body.id, provider, servedBy, ...(operations === undefined ? {} : { operations }) },
  };
}

/**
 * The mapping has two forms: a record by provider, and a list whose entries name theirs. What is not of either form, and states that are
 * not known, are skipped: new providers and words come all the time.
 */
function readMapping(mapping: JsonValue | undefined): readonly MappingEntry[] {
  const named: [unknown, JsonValue | undefined][] = Array.isArray(mapping)
    ? (mapping as JsonValue[]).map((entry) => [isJsonObject(entry) && entry.provider, entry])
    : isJsonObject(mapping)
      ? Object.entries(mapping)
      : [];
  return named.flatMap(([provider, entry]) => {
    if (typeof provider !== 'string' || !isJsonObject(entry)) return [];
    return readEntry(provider, entry) ?? [];
  });
}

function readEntry(provider: string, entry: JsonObject): MappingEntry | undefined {
  if (!STATUSES.has(entry.status)) return undefined;
  return {
    provider,
    status: entry.status as MappingEntry['status'],
    providerId: asString(entry.providerId),
    task: asString(entry.task),
    adapter: asString(entry.adapter),
    adapterWeightsPath: asString(entry.adapterWeightsPath),
  };
}

/** Reads `GET /api/models?…`: a list of models. */
export function readHubListing(body: unknown, provider: string): readonly ModelInfo[] {
  const list = Array.isArray(body) ? (body as unknown[]) : [];
  return list.flatMap((entry) => readHubModel(entry, provider)?.info ?? []);
}

/** Reads `GET /api/partners/{partner}/models`: one provider's whole mapping, by task and model. */
export function readPartnerListing(
  body: unknown,
  provider: string,
  partner: string,
): readonly ModelInfo[] {
  if (!isJsonObject(body)) return [];
  return Object.entries(body).flatMap(([task, models]) =>
    Object.entries(isJsonObject(models) ? models : {}).flatMap(([id, entry]) => {
      const known = isJsonObject(entry)
        ? readEntry(partner, { status: 'live', ...entry })
        : undefined;
      if (known === undefined) return [];
      const { status, providerId } = known;
      const operations = operationsOf(task);
      return {
        id,
        provider,
        ...(operations === undefined ? {} : { operations }),
        servedBy: [{ provider: partner, status, providerModelId: providerId }],
      };
    }),
  );
}

/** What a model of a task is called for: the operation that it is, and the task itself. */
function operationsOf(task: string | undefined): readonly string[] | undefined {
  if (task === undefined) return undefined;
  if (task === 'conversational') return ['chat'];
  if (!isHfTask(task)) return undefined;
  const operation = operationOf(task);
  return operation === undefined ? ['task'] : [operation, 'task'];
}

/** The router's figures and the Hub's names for one model. The Hub also knows providers that the router does not list for chat. */
export function mergeServing(
  router: readonly ServingProvider[],
  hub: readonly ServingProvider[],
): readonly ServingProvider[] {
  const byName = new Map(hub.map((serving) => [serving.provider, serving]));
  const listed = router.map((serving) => ({ ...byName.get(serving.provider), ...serving }));
  const names = new Set(router.map(({ provider }) => provider));
  return [...listed, ...hub.filter(({ provider }) => !names.has(provider))];
}
