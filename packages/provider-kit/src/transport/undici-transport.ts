import type { SecureContextOptions } from 'node:tls';
import type { HttpRequest } from './http-request.js';
import type { HttpResponse } from './http-response.js';
import type { Transport, TransportLimits } from './transport.js';

export interface UndiciTransportOptions extends TransportLimits {
  /** Milliseconds that a connection, TLS included, may take. Default 60 000: the chain's `timeout` gives up earlier, and closes the attempt. */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds that an idle connection is kept where the server says nothing. Default 4 000. */
  readonly keepAliveMs?: number | undefined;
  /** Most connections to one origin; more calls wait. Default: no limit. */
  readonly connectionsPerOrigin?: number | undefined;
  /** TLS settings, such as `ca` for a private authority. */
  readonly tls?: SecureContextOptions | undefined;
}

/**
 * The transport for Node: pooled HTTP/1.1 connections over undici's `dispatch`, no web streams. Undici is loaded on the first exchange.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  let loaded: Transport | undefined;
  let loading: Promise<Transport> | undefined;
  let closing: Promise<void> | undefined;
  const load = async (): Promise<Transport> => {
    const { UndiciDispatcher } = await import('./undici/undici-dispatcher.js');
    loaded ??= new UndiciDispatcher(options);
    return loaded;
  };
  return {
    exchange(request: HttpRequest): Promise<HttpResponse> {
      if (loaded !== undefined) return loaded.exchange(request);
      loading ??= load();
      return loading.then((transport) => transport.exchange(request));
    },
    close: () =>
      (closing ??= (loading ?? Promise.resolve(undefined)).then((made) => made?.close())),
  };
}
