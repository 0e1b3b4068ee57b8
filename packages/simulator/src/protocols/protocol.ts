import type { TokenPrices } from '@inferway/core';
import type { SimulatedModel } from '../models.js';
import type { Exchange } from '../http/exchange.js';
import type { Voice } from './voice.js';

/** One provider's protocol on a simulator's server. */
export interface Protocol<Name extends string = string> {
  readonly name: Name;
  /** All its paths begin with this. */
  readonly prefix: string;
  /** What clients of the protocol want as base URL, as a path. */
  readonly basePath: string;
  readonly voice: Voice;
  readonly routes: readonly Route[];
  /** What a provider behind a router charges; absent where there is no router. */
  prices?(model: SimulatedModel, servedBy: string): TokenPrices | undefined;
  /** Stops what still runs by itself, where anything does. */
  close?(): void;
}

/** A path below the prefix and what answers there. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'QUERY';
  /** Must match the whole path; its groups are given to `handle`, decoded. */
  readonly path: RegExp;
  handle(exchange: Exchange, groups: readonly string[]): Promise<void> | void;
}
