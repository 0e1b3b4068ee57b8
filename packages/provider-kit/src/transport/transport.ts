import type { HttpRequest } from './http-request.js';
import type { HttpResponse } from './http-response.js';

/**
 * Carries requests to providers. The only code that touches the network.
 * It has no timers of its own for headers and bodies: those are the chain's (`timeout`), which abort the request's signal.
 */
export interface Transport {
  /**
   * Settles when status and headers have arrived, whatever the status. Redirects are refused, never followed.
   *
   * @throws {InferwayError} `connection`, `timeout` (phase `connect`), `protocol`, or the reason of the request's signal.
   */
  exchange(request: HttpRequest): Promise<HttpResponse>;
  /** Closes all connections once their exchanges are over. */
  close(): Promise<void>;
}

/** Bounds that every transport keeps. */
export interface TransportLimits {
  /** Bytes that `HttpResponse.text` accepts after decoding. Default 64 MiB. */
  readonly maxBodyBytes?: number | undefined;
}

export const DEFAULT_MAX_BODY_BYTES: number = 64 * 1024 * 1024;

/** Undelivered bytes at which a body nobody reads stops the socket. */
export const READ_AHEAD_BYTES: number = 1024 * 1024;
