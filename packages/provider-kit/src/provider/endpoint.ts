import type { Operation, RequestOf } from '@inferway/core';
import type { ClientFormat } from '@inferway/wire';

/** How a provider serves one operation. */
export interface Endpoint<K extends Operation = Operation, Dialect extends object = object> {
  readonly format: ClientFormat<K, Dialect>;
  /** Beneath the base URL, without a leading slash. A function gets the model's id, already encoded for a path. */
  readonly path: string | ((modelId: string) => string);
  /** What this provider does differently; a function decides by the model's id and the request. */
  readonly dialect?:
    | Dialect
    | ((modelId: string, request: RequestOf<K>) => Dialect | undefined)
    | undefined;
}

/** A provider's endpoints, by operation. */
export type Endpoints = { readonly [K in Operation]?: Endpoint<K> };

/** Checks that a format and its dialect belong together, and forgets which dialect it is. */
export function endpoint<K extends Operation, Dialect extends object>(
  settings: Endpoint<K, Dialect>,
): Endpoint<K> {
  return settings as unknown as Endpoint<K>;
}
