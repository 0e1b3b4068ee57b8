import type { PriceBook, Provider, Usage } from '@inferway/core';
import type { Runner } from '../runner.js';

/** A server that plays a provider and keeps the true bill: what the suite must know of `@inferway/simulator`, or of another one. */
export interface SimulatedServer {
  listen(): Promise<unknown>;
  close(): Promise<void>;
  readonly priceBook: PriceBook;
  readonly bill: {
    /** What it charges for the request with this id; cost in integer nano-dollars. */
    of(
      requestId: string,
    ): { readonly usage: Usage; readonly cost?: number | undefined } | undefined;
  };
  /** Faults by their numbers, for the next call. */
  readonly faults: { next(fault: string): unknown };
}

export interface SimulatedSuite<S extends SimulatedServer> {
  /** Makes the server; called for every test. */
  readonly server: () => S;
  /** Makes the adapter for a server that listens. */
  readonly provider: (server: S) => Provider;
  /** Id of a chat model that the server has, without the provider's name. */
  readonly model: string;
  /** Title of the suite. */
  readonly name: string;
  /** Default: global `describe` and `it`, else `node:test`. */
  readonly runner?: Runner | undefined;
}
