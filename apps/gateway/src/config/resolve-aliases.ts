import { formatModel, InferwayError, parseModel, type Model } from '@inferway/core';
import type { Target } from '../models/model-names.js';
import { NO_ROUTES, type RoutedNames } from '../models/routed-names.js';

/** Aliases as they are written: a name for one model or for a list, each of which may be an alias again. */
export type AliasTable = Readonly<Record<string, string | readonly string[]>>;

/**
 * Follows every alias to the models it stands for, in order and without repeats.
 *
 * @throws {InferwayError} `configuration` for a circle, for a provider or route that is not there, for a route among others, or for a name that is a
 * provider's.
 */
export function resolveAliases(
  aliases: AliasTable,
  providers: readonly string[],
  routed: RoutedNames = NO_ROUTES,
): ReadonlyMap<string, Target> {
  const known = new Set(providers);
  const resolved = new Map<string, readonly Model[]>();

  function follow(name: string, trail: readonly string[]): readonly Model[] {
    const done = resolved.get(name);
    if (done !== undefined) return done;
    if (trail.includes(name)) {
      throw refused(
        name,
        `it leads back to itself: ${[...trail, name].join(' → ')}. Break the circle`,
      );
    }
    const written = aliases[name] ?? [];
    const models = new Map<string, Model>();
    for (const target of typeof written === 'string' ? [written] : written) {
      const found = Object.hasOwn(aliases, target)
        ? follow(target, [...trail, name])
        : [modelOf(name, target)];
      for (const model of found) models.set(formatModel(model), model);
    }
    const list = [...models.values()];
    const route = list.find(({ provider }) => routed.prefixes.includes(provider));
    if (route !== undefined && list.length > 1) {
      throw refused(
        name,
        `"${formatModel(route)}" is one of several, and a route has others of its own. Make the others targets of a route`,
      );
    }
    resolved.set(name, list);
    return list;
  }

  function modelOf(alias: string, target: string): Model {
    if (!target.includes('/')) {
      throw refused(alias, `"${target}" is neither an alias nor "provider/model"`);
    }
    let model: Model;
    try {
      model = parseModel(target);
    } catch (cause) {
      throw refused(alias, InferwayError.from(cause).message);
    }
    if (routed.prefixes.includes(model.provider)) {
      if (routed.has(model)) return model;
      throw refused(alias, `there is no route "${target}". Add it under "routes"`);
    }
    if (known.has(model.provider)) return model;
    throw refused(
      alias,
      `"${target}" needs a provider "${model.provider}", which is not there. Set its key, add it under "providers", or use one of ${providers.join(', ')}`,
    );
  }

  const targets = new Map<string, Target>();
  for (const name of Object.keys(aliases)) {
    if ([...providers, 'route', 'auto'].includes(name.split('/')[0] ?? '')) {
      throw refused(
        name,
        'it begins with the name of a provider and would hide its models. Choose another name',
      );
    }
    const [model, ...fallbacks] = follow(name, []);
    if (model !== undefined) targets.set(name, { model, fallbacks });
  }
  return targets;
}

function refused(alias: string, why: string): InferwayError {
  return new InferwayError('configuration', {
    message: `aliases.${alias}: ${why}${why.endsWith('.') ? '' : '.'}`,
  });
}
