import { abortReason } from '@inferway/core';
import type { Socket } from 'node:net';
import { Agent, buildConnector, Client, type Dispatcher } from 'undici';
import type { HttpRequest } from '../http-request.js';
import type { HttpResponse } from '../http-response.js';
import type { Transport } from '../transport.js';
import type { UndiciTransportOptions } from '../undici-transport.js';
import { UndiciExchange } from './undici-exchange.js';

// Undici's own 300 s would end an honest long answer: the chain's timers rule.
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 };

/** The transport itself; loaded on first use, because undici takes long to import. */
export class UndiciDispatcher implements Transport {
  readonly #options: UndiciTransportOptions;
  readonly #connect: buildConnector.connector;
  readonly #agent: Agent;
  /** The exchange being dispatched: undici opens a connection, where it needs one, before `dispatch` returns. */
  #dispatching: UndiciExchange | undefined;

  constructor(options: UndiciTransportOptions) {
    this.#options = options;
    const connector = buildConnector({
      ...options.tls,
      // One connection an exchange: closing it is what stops a provider from generating on.
      allowH2: false,
      timeout: options.connectTimeoutMs ?? 60_000,
    });
    this.#connect = (target, callback) => {
      // The declaration says void; the connector returns the socket, and a version that does not only loses the early close.
      const socket = connector(target, callback) as unknown as Socket | undefined;
      if (socket !== undefined) this.#dispatching?.opens(socket);
    };
    this.#agent = new Agent({
      ...NO_TIMEOUTS,
      connect: this.#connect,
      connections: options.connectionsPerOrigin ?? null,
      keepAliveTimeout: options.keepAliveMs ?? 4_000,
      pipelining: 1,
    });
  }

  exchange(request: HttpRequest): Promise<HttpResponse> {
    if (request.signal.aborted) return Promise.reject(abortReason(request.signal));
    request.progress?.connecting?.();
    const exchange = new UndiciExchange(request, this.#options, this.#resend);
    this.#dispatch(this.#agent, exchange, request);
    return exchange.accepted;
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #dispatch(dispatcher: Dispatcher, exchange: UndiciExchange, request: HttpRequest): void {
    this.#dispatching = exchange;
    try {
      dispatcher.dispatch(request as Dispatcher.DispatchOptions, exchange);
    } finally {
      this.#dispatching = undefined;
    }
  }

  // A client of its own is the only way to be sure of a fresh connection; it closes itself after this exchange.
  readonly #resend = (exchange: UndiciExchange, request: HttpRequest): void => {
    const client = new Client(request.origin, { ...NO_TIMEOUTS, connect: this.#connect });
    this.#dispatch(client, exchange, request);
    void client.close();
  };
}
