import { isJsonObject, type JsonValue, type ModelInfo, type ServingProvider } from '@inferway/core';

const STATUSES: ReadonlySet<unknown> = new Set(['live', 'staging', 'error']);

/** Reads a model of the Hub's API with `expand[]=inferenceProviderMapping`. One without providers lacks the member. */
export function readHubModel(body: unknown, provider: string): readonly ModelInfo[] {
  if (!isJsonObject(body) || typeof body.id !== 'string') return [];
  return [{ id: body.id, provider, servedBy: readMapping(body.inferenceProviderMapping) }];
}

/**
 * The mapping has two forms: a record by provider, and a list whose entries name theirs. What is not of either form, and states that are
 * not known, are skipped: new providers and words come all the time.
 */
function readMapping(mapping: JsonValue | undefined): readonly ServingProvider[] {
  const named: [unknown, JsonValue | undefined][] = Array.isArray(mapping)
    ? (mapping as JsonValue[]).map((entry) => [isJsonObject(entry) && entry.provider, entry])
    : isJsonObject(mapping)
      ? Object.entries(mapping)
      : [];
  return named.flatMap(([provider, entry]): ServingProvider[] => {
    if (typeof provider !== 'string' || !isJsonObject(entry) || !STATUSES.has(entry.status)) {
      return [];
    }
    const { status, providerId } = entry;
    return [
      {
        provider,
        status: status as ServingProvider['status'],
        providerModelId: typeof providerId === 'string' ? providerId : undefined,
      },
    ];
  });
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
