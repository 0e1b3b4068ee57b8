import { abortReason } from '@inferway/core';
import { FetchExchange } from './fetch/fetch-exchange.js';
import type { Transport, TransportLimits } from './transport.js';

export interface FetchTransportOptions extends TransportLimits {
  /** Default: the runtime's own. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * The transport for runtimes without undici: any standard `fetch`. Costs several times the CPU of `undiciTransport` on Node, cannot tell
 * when a connection is there, and keeps the runtime's own limits (Node's `fetch` ends an answer that is silent for 300 s).
 */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  const fetchWith = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  /** Origins that have answered: a connection to them may be a kept-alive one. */
  const reached = new Set<string>();
  return {
    exchange(request) {
      if (request.signal.aborted) return Promise.reject(abortReason(request.signal));
      const exchange = new FetchExchange(request, options, fetchWith, reached);
      exchange.start();
      return exchange.accepted;
    },
    async close() {},
  };
}
