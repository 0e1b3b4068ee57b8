import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { InferwayError } from '@inferway/core';
import { Exchange } from './exchange.js';
import type { GatewayParts } from './gateway-parts.js';
import type { InFlight } from './in-flight.js';
import { answerClientError } from './client-error.js';
import { requestIdOf } from './request-id.js';
import { respondError } from './respond-error.js';
import { createRouter, noSuchPath, pathOf, wrongMethod } from './router.js';
import type { Route } from './route.js';

// Connections of a pool in front of the gateway must not be closed just when it wants to use one again.
const KEEP_ALIVE_MS = 75_000;
const CHECK_CONNECTIONS_MS = 5_000;

/** The HTTP server: finds the route, lets in who has a key, and sees that every request gets an answer. */
export function createServer(
  routes: readonly Route[],
  parts: GatewayParts,
  inFlight: InFlight,
): Server {
  const { keys, limits, report } = parts;
  const router = createRouter(routes);

  async function answer(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const extra: string[] = [];
    try {
      const path = pathOf(request.url ?? '');
      const found = router.get(path);
      if (found === undefined) throw noSuchPath(router);
      const route = found.byMethod.get(request.method ?? '');
      if (route === undefined) {
        extra.push('allow', found.allow);
        throw wrongMethod(path, found);
      }
      exchange.protocol = route.protocol;
      if (route.open !== true) {
        const caller = keys.identify(request.headers);
        if (caller === undefined) {
          extra.push('www-authenticate', 'Bearer');
          throw noKey(request);
        }
        exchange.caller = caller;
      }
      await route.serve(exchange);
    } catch (reason) {
      const error = InferwayError.from(reason);
      if (error.code === 'internal') report(reason);
      respondError(exchange, error, parts, extra);
    }
  }

  function begin(
    request: IncomingMessage,
    response: ServerResponse,
    waitsForContinue: boolean,
  ): void {
    const id = requestIdOf(request.headers['x-request-id']);
    const exchange = new Exchange(request, response, id, waitsForContinue);
    inFlight.add(exchange);
    response.once('close', () => {
      inFlight.delete(exchange);
      exchange.closed();
    });
    answer(exchange).catch((reason: unknown) => {
      report(reason);
      response.destroy();
    });
  }

  const server = createHttpServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(CHECK_CONNECTIONS_MS, limits.headersMs),
      insecureHTTPParser: false,
      noDelay: true,
    },
    (request, response) => begin(request, response, false),
  );
  server.maxConnections = limits.connections;
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    begin(request, response, true),
  );
  server.on('clientError', (error, socket) => answerClientError(error, socket, inFlight));
  return server;
}

function noKey({ headers }: IncomingMessage): InferwayError {
  const given = Boolean(headers.authorization) || Boolean(headers['x-api-key']);
  return new InferwayError('authentication', {
    message: given
      ? 'The key is not one of this gateway’s. Use the key that it printed when it started, or the one in INFERWAY_KEY.'
      : 'A key is needed: send "Authorization: Bearer <key>" or "x-api-key: <key>". The gateway printed its key when it started.',
    providerCode: 'invalid_api_key',
  });
}
