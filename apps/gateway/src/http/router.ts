import { InferwayError } from '@inferway/core';
import type { Route } from './route.js';

/** The routes of one path. */
export interface PathRoutes {
  readonly byMethod: ReadonlyMap<string, Route>;
  /** For the `allow` header. */
  readonly allow: string;
}

/** Routes by exact path: no prefixes and no decoding, so that a path cannot be two things to two readers. */
export type Router = ReadonlyMap<string, PathRoutes>;

export function createRouter(routes: readonly Route[]): Router {
  const paths = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const byMethod = paths.get(route.path) ?? new Map<string, Route>();
    byMethod.set(route.method, route);
    paths.set(route.path, byMethod);
  }
  return new Map(
    [...paths].map(([path, byMethod]) => [
      path,
      { byMethod, allow: [...byMethod.keys()].join(', ') },
    ]),
  );
}

/** The path of a request target, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

export function noSuchPath(router: Router): InferwayError {
  return new InferwayError('not_found', {
    message: `Nothing is served at this path. Served: ${[...router.keys()].join(', ')}.`,
  });
}

export function wrongMethod(path: string, { allow }: PathRoutes): InferwayError {
  return new InferwayError('invalid_request', {
    message: `${path} takes ${allow} only.`,
    status: 405,
  });
}
