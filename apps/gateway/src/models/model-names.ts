import { InferwayError, parseModel, type Model } from '@inferway/core';

/** What a model name of a caller stands for. */
export interface Target {
  readonly model: Model;
  /** Tried in order after it. */
  readonly fallbacks: readonly Model[];
}

/** The names that callers may use for models. */
export interface ModelNames {
  /** @throws {InferwayError} `not_found` for a name or provider that nobody has here, `invalid_request` for an id that no model has. */
  resolve(name: string): Target;
  readonly aliases: readonly string[];
}

const NO_FALLBACKS: readonly Model[] = [];
// Callers use few names, again and again; one who invents names must not fill the memory.
const REMEMBERED = 1_000;

/** Names are an alias, or `provider/model-id` of a provider that is there. */
export function createModelNames(
  providers: readonly string[],
  aliases: ReadonlyMap<string, Target>,
): ModelNames {
  const known = new Set(providers);
  const resolved = new Map(aliases);
  return {
    aliases: [...aliases.keys()],
    resolve(name) {
      const before = resolved.get(name);
      if (before !== undefined) return before;
      if (!name.includes('/') || name.startsWith('/')) throw unknown(name, providers, aliases);
      const model = parseModel(name);
      if (!known.has(model.provider)) throw unknown(name, providers, aliases);
      const target = { model, fallbacks: NO_FALLBACKS };
      if (resolved.size < REMEMBERED + aliases.size) resolved.set(name, target);
      return target;
    },
  };
}

function unknown(
  name: string,
  providers: readonly string[],
  aliases: ReadonlyMap<string, Target>,
): InferwayError {
  const shown = JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
  const others = aliases.size === 0 ? '' : ` Aliases: ${[...aliases.keys()].join(', ')}.`;
  return new InferwayError('not_found', {
    message: `The model ${shown} does not exist here. Write "<provider>/<model>". Providers: ${providers.join(', ') || 'none'}.${others}`,
    providerCode: 'model_not_found',
    param: 'model',
    fallbackable: false,
  });
}
