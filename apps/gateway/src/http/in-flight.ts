import type { InferwayError } from '@inferway/core';
import type { Exchange } from './exchange.js';

/** The exchanges that have begun and not ended. */
export class InFlight {
  readonly #exchanges = new Set<Exchange>();
  #stopping = false;
  #idle: PromiseWithResolvers<void> | undefined;

  get size(): number {
    return this.#exchanges.size;
  }

  add(exchange: Exchange): void {
    this.#exchanges.add(exchange);
    if (this.#stopping) exchange.response.shouldKeepAlive = false;
  }

  /** From now on a connection ends with the answer that is on it: else new calls would come on it for as long as it is kept. */
  stop(): void {
    this.#stopping = true;
    for (const { response } of this.#exchanges) response.shouldKeepAlive = false;
  }

  delete(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
    if (this.#exchanges.size === 0) this.#idle?.resolve();
  }

  /** The exchange whose answer goes to this socket. */
  on(socket: unknown): Exchange | undefined {
    for (const exchange of this.#exchanges)
      if (exchange.response.socket === socket) return exchange;
    return undefined;
  }

  /** Settles once no exchange is left. */
  idle(): Promise<void> {
    if (this.#exchanges.size === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers<void>();
    return this.#idle.promise;
  }

  abortAll(reason: InferwayError): void {
    for (const exchange of this.#exchanges) exchange.abort(reason);
  }
}
