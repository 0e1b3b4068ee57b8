import type { Model, ModelInfo } from '@inferway/core';

/** Names of models that a router stands behind: `route/…` and `auto/…`. */
export interface RoutedNames {
  /** What may stand before the first slash. */
  readonly prefixes: readonly string[];
  /** False for a route that is not there. Whoever serves a model of `auto` is found out later. */
  has(model: Model): boolean;
  /** All of them, given what the providers list. */
  list(models: readonly ModelInfo[]): readonly string[];
}

export const NO_ROUTES: RoutedNames = { prefixes: [], has: () => false, list: () => [] };

/** Those of the routes by name, and where `auto` is on those of all models that are listed, or that its aliases name. */
export function routedNames(
  routes: readonly string[],
  auto: { readonly aliases?: Readonly<Record<string, unknown>> | undefined } | undefined,
): RoutedNames {
  const others = Object.keys(auto?.aliases ?? {});
  return {
    prefixes: [...(routes.length === 0 ? [] : ['route']), ...(auto === undefined ? [] : ['auto'])],
    has: ({ provider, id }) => (provider === 'auto' ? auto !== undefined : routes.includes(id)),
    list: (models) => {
      const ids = auto === undefined ? [] : [...others, ...models.map(({ id }) => id)];
      return [
        ...routes.map((name) => `route/${name}`),
        ...[...new Set(ids)].map((id) => `auto/${id}`),
      ];
    },
  };
}
