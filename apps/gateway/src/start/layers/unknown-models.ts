import { InferwayError, parseModel, type Model, type ProviderBase } from '@inferway/core';
import type { Config } from '../../config/config.js';

const WAIT_MS = 5_000;

interface Named {
  /** Where in the config. */
  readonly path: string;
  readonly model: Model;
}

/**
 * Finds models of routes that their providers do not have, before a call does. A provider that does not answer, or that lists nothing, is
 * believed; so is a model that the config has a price for, since not all that is served is listed.
 *
 * @throws {InferwayError} `configuration` with the path of the first such model.
 */
export async function refuseUnknownModels(
  config: Config,
  providers: readonly ProviderBase[],
): Promise<void> {
  const named = modelsOf(config).filter(({ model }) => !isPriced(config, model));
  const asked = providers.filter(({ name }) => named.some(({ model }) => model.provider === name));
  const signal = AbortSignal.timeout(WAIT_MS);
  const listed = new Map<string, ReadonlySet<string>>();
  await Promise.all(
    asked.map(async (provider) => {
      try {
        const ids = ((await provider.models?.({ signal })) ?? []).map(({ id }) => id);
        if (ids.length > 0) listed.set(provider.name, new Set(ids));
      } catch {
        // One that is away now must not keep the gateway from starting.
      }
    }),
  );
  for (const { path, model } of named) {
    const ids = listed.get(model.provider);
    if (ids === undefined || ids.has(model.id) || ids.has(withoutSuffix(model.id))) continue;
    throw new InferwayError('configuration', {
      message: `${path}: ${model.provider} lists no model "${model.id}". Correct the name; or, where it is served all the same, give it a price under "prices".`,
      param: path,
    });
  }
}

function modelsOf({ routes = {} }: Config): Named[] {
  return Object.entries(routes).flatMap(([name, { targets }]) =>
    targets.map((target, index) => ({
      path: `routes.${name}.targets[${index}]`,
      model: parseModel(typeof target === 'string' ? target : target.model),
    })),
  );
}

function isPriced({ prices = {} }: Config, { provider, id }: Model): boolean {
  return Object.hasOwn(prices, `${provider}/${id}`);
}

// What follows the last colon says how a model is served: ":fastest", ":free".
function withoutSuffix(id: string): string {
  const colon = id.lastIndexOf(':');
  return colon === -1 ? id : id.slice(0, colon);
}
