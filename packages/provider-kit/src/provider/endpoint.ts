import type { Call, Operation, RequestOf } from '@inferway/core';
import type { ClientFormat, WireBody } from '@inferway/wire';
import type { HttpRequest } from '../transport/http-request.js';

/** How a provider serves one operation. */
export interface Endpoint<K extends Operation = Operation, Dialect extends object = object> {
  readonly format: ClientFormat<K, Dialect, WireBody | undefined>;
  /** Beneath the base URL, without a leading slash. A function gets the model's id, already encoded for a path, and the request. */
  readonly path: string | ((modelId: string, request: RequestOf<K>) => string);
  /** Default: `POST`. */
  readonly method?: ((request: RequestOf<K>) => HttpRequest['method']) | undefined;
  /** What this provider does differently; a function decides by the model's id and the request. */
  readonly dialect?:
    | Dialect
    | ((modelId: string, request: RequestOf<K>) => Dialect | undefined)
    | undefined;
}

/** Several ways to one operation, of which each call takes one. */
export interface EndpointChoice<K extends Operation = Operation> {
  readonly among: readonly Endpoint<K>[];
  /** Gives one of `among`. */
  choose(call: Call<K>): Endpoint<K>;
}

/** A provider's endpoints, by operation. */
export type Endpoints = { readonly [K in Operation]?: Endpoint<K> | EndpointChoice<K> };

/** Checks that a format and its dialect belong together, and forgets which dialect it is. */
export function endpoint<K extends Operation, Dialect extends object>(
  settings: Endpoint<K, Dialect>,
): Endpoint<K> {
  return settings as unknown as Endpoint<K>;
}
