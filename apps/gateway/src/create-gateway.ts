import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { InferwayError, systemClock, type ClientBase, type Clock } from '@inferway/core';
import type { Marks } from './http/answer-headers.js';
import type { GatewayParts } from './http/gateway-parts.js';
import { Heartbeat } from './http/heartbeat.js';
import { InFlight } from './http/in-flight.js';
import { DEFAULT_LIMITS, type InputLimits } from './http/input-limits.js';
import { createKeyRing, type CallerKey } from './http/key-ring.js';
import { createRedact } from './http/redact.js';
import type { Route } from './http/route.js';
import { createRoutes } from './http/routes.js';
import { createServer } from './http/server.js';
import { createModelDirectory, type ModelDirectory } from './models/model-directory.js';
import { createModelNames, type Target } from './models/model-names.js';
import { NO_ROUTES, type RoutedNames } from './models/routed-names.js';

export interface GatewayOptions {
  /** Its chain and its providers are what callers reach. */
  readonly client: ClientBase;
  /** The names of the client's providers, for the part of a model before its first slash. */
  readonly providers: readonly string[];
  readonly keys: readonly CallerKey[];
  readonly aliases?: ReadonlyMap<string, Target>;
  /** Models that a router of the client's chain resolves. Default: none. */
  readonly routed?: RoutedNames;
  /** Makes the `user` that a request names the caller's user, for the ledger. Its own word: nothing is kept apart by it. Default false. */
  readonly reportUsers?: boolean;
  /** The client's chain has the layer `idempotency`: callers may name their calls by `Idempotency-Key`. Default false: the header is refused. */
  readonly idempotency?: boolean;
  readonly limits?: { readonly [K in keyof InputLimits]?: InputLimits[K] | undefined };
  /** Headers on every answer of some providers, as a flat list by the provider's name: `simulator` is marked so. */
  readonly marks?: Marks;
  /** Never let out in an error, whoever wrote it: provider keys. Callers' keys are added. */
  readonly secrets?: readonly string[];
  /** Where `/v1/models` comes from. Default: the client's listings, asked at most once a minute. */
  readonly directory?: ModelDirectory;
  readonly clock?: Clock;
  /** Told of failures that are the gateway's own fault. */
  readonly report?: (reason: unknown) => void;
}

export interface Gateway {
  readonly routes: readonly Route[];
  /** Settles once it listens, with where: `http://127.0.0.1:8787`. Rejects as `node:net` does. */
  listen(port: number, host: string): Promise<string>;
  /**
   * Takes no new call, lets those in flight end for `graceMs`, then fails the rest in their own protocol. Settles when all connections are closed.
   * The client is not closed: it is the caller's.
   */
  close(graceMs: number): Promise<void>;
}

// For what is failed at the end of the grace time to be written out.
const LAST_WORDS_MS = 500;

/** Puts a client behind the protocols that OpenAI's and Anthropic's clients speak. */
export function createGateway(options: GatewayOptions): Gateway {
  const { client, providers, keys, clock = systemClock, routed = NO_ROUTES } = options;
  const inFlight = new InFlight();
  const parts: GatewayParts = {
    client,
    clock,
    heartbeat: new Heartbeat(clock),
    marks: options.marks ?? new Map(),
    keys: createKeyRing(keys),
    names: createModelNames([...providers, ...routed.prefixes], options.aliases ?? new Map()),
    routed,
    reportUsers: options.reportUsers ?? false,
    idempotency: options.idempotency ?? false,
    directory: options.directory ?? createModelDirectory(client, clock),
    limits: withDefaults(options.limits),
    redact: createRedact([...keys.map(({ secret }) => secret), ...(options.secrets ?? [])]),
    report: options.report ?? (() => {}),
  };
  const routes = createRoutes(parts);
  const server = createServer(routes, parts, inFlight);

  const idleWithin = (ms: number): Promise<unknown> => {
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimer(resolve, ms);
    });
    return Promise.race([inFlight.idle(), late]).finally(() => clock.clearTimer(timer));
  };

  return {
    routes,
    async listen(port, host) {
      server.listen(port, host);
      await once(server, 'listening');
      const { address, port: bound, family } = server.address() as AddressInfo;
      return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
    },
    async close(graceMs) {
      inFlight.stop();
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      await idleWithin(graceMs);
      if (inFlight.size > 0) {
        inFlight.abortAll(
          new InferwayError('overloaded', {
            message: 'The gateway is being stopped. Send the call again.',
            retryAfterMs: 1_000,
          }),
        );
        await idleWithin(LAST_WORDS_MS);
      }
      server.closeAllConnections();
      parts.directory.close();
      await closed;
    },
  };
}

// A limit that is written as undefined is one that is not written.
function withDefaults(given: GatewayOptions['limits'] = {}): InputLimits {
  const limits: Record<keyof InputLimits, number> = { ...DEFAULT_LIMITS };
  for (const key of Object.keys(DEFAULT_LIMITS) as (keyof InputLimits)[]) {
    limits[key] = given[key] ?? DEFAULT_LIMITS[key];
  }
  return limits;
}
