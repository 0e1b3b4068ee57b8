import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { InferwayError, type Clock } from '@inferway/core';
import { Kept } from '../kept.js';
import { Exchange } from './exchange.js';
import {
  redactedHeaders,
  type ConnectionRecord,
  type Connections,
  type RequestRecord,
} from './request-record.js';

/** What the server needs of whoever answers. */
export interface Handler {
  /** The protocol of a path and how it names a request. */
  identify(path: string): { readonly protocol: string; requestId(unique: string): string };
  handle(exchange: Exchange): Promise<void> | void;
}

/** A real HTTP server that keeps a record of requests and connections. */
export class RecordingServer {
  readonly requests: Kept<RequestRecord>;
  readonly connections: Connections;
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #handler: Handler;
  readonly #open = new Map<Socket, ConnectionRecord>();
  readonly #current = new Map<Socket, Exchange>();
  #accepted = 0;
  #received = 0;

  constructor(handler: Handler, clock: Clock, keep: number) {
    this.#handler = handler;
    this.#clock = clock;
    this.requests = new Kept(keep);
    const records = new Kept<ConnectionRecord>(keep);
    const open = this.#open;
    const accepted = (): number => this.#accepted;
    this.connections = {
      records,
      get open() {
        return open.size;
      },
      get total() {
        return accepted();
      },
    };
    this.#server = createServer(
      { keepAliveTimeout: 60_000, requestTimeout: 0 },
      (request, response) => {
        this.#receive(request, response);
      },
    );
    this.#server.on('connection', (socket) => {
      this.#accept(socket, records);
    });
  }

  listen(port: number, host: string): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => {
        const message = `The simulator cannot listen on ${host}:${port} (${cause.message}). Choose another port, or 0 for any.`;
        reject(new InferwayError('configuration', { message, cause }));
      };
      this.#server.once('error', fail);
      this.#server.listen(port, host, 4096, () => {
        this.#server.off('error', fail);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Stops listening and cuts every connection; resolves when all are gone. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const gone = [...this.#open.keys()].map(
      (socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve())),
    );
    for (const socket of this.#open.keys()) socket.destroy();
    await Promise.all([closed, ...gone]);
  }

  #accept(socket: Socket, records: Kept<ConnectionRecord>): void {
    const record: ConnectionRecord = {
      connection: ++this.#accepted,
      openedAt: this.#clock.now(),
      requests: 0,
    };
    records.add(record);
    this.#open.set(socket, record);
    socket.once('close', () => {
      record.closedAt = this.#clock.now();
      this.#open.delete(socket);
      this.#current.get(socket)?.leave();
      this.#current.delete(socket);
    });
    // A reset by the client is an end like any other here.
    socket.on('error', () => socket.destroy());
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#open.get(request.socket);
    if (connection !== undefined) connection.requests++;
    const path = request.url ?? '/';
    const voice = this.#handler.identify(path);
    const unique = (++this.#received).toString(36).padStart(12, '0');
    const record: RequestRecord = {
      requestId: voice.requestId(unique),
      protocol: voice.protocol,
      method: request.method ?? 'GET',
      path,
      headers: redactedHeaders(request.headers),
      connection: connection?.connection ?? 0,
      receivedAt: this.#clock.now(),
    };
    this.requests.add(record);
    const exchange = new Exchange(request, response, record, this.#clock);
    this.#current.set(request.socket, exchange);
    void this.#answer(exchange);
  }

  async #answer(exchange: Exchange): Promise<void> {
    try {
      await this.#handler.handle(exchange);
    } catch (reason) {
      // A fault of the simulator itself must not pass for a provider's: it is shown, not hidden behind a 500 of theirs.
      exchange.over('failed');
      if (exchange.response.headersSent) exchange.response.destroy();
      else {
        const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
        exchange.send({ status: 500, body: { error: { message: `Simulator bug: ${text}` } } });
      }
    }
  }
}
