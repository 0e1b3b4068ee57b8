import type { ErrorRefinement } from '../errors/classify-error.js';
import type { RateLimitParser } from '../rate-limit/rate-limit-parser.js';
import type { HeaderRecord } from '../transport/header-record.js';
import type { RequestHeaders } from '../transport/http-request.js';
import type { Transport } from '../transport/transport.js';
import type { BaseUrlSettings } from './base-url.js';

/** Where a provider's own key comes from, and which headers carry it. */
export interface KeySettings {
  /** As given to the adapter's factory. */
  readonly apiKey?: string | undefined;
  /** Environment variables that may hold it, read on the first call; the first one that is set counts. */
  readonly env?: readonly string[] | undefined;
  /** Default: `authorization: Bearer <key>`. */
  readonly headers?: ((key: string) => RequestHeaders) | undefined;
  /** True for servers that may need no key. */
  readonly optional?: boolean | undefined;
}

/** How a provider is reached, and how its answers are read whatever they are. */
export interface Identity<Name extends string = string> {
  /** The part before the slash in `provider/model`. */
  readonly name: Name;
  readonly baseUrl: string | BaseUrlSettings;
  readonly key: KeySettings;
  /** Sent with every request; names in lower case. */
  readonly headers?: RequestHeaders | undefined;
  /**
   * Tells the server how many milliseconds the call has left, where it has a deadline: `true` for the header `x-inferway-timeout-ms`, or a name of your
   * own. For own servers and gateways: a third party has no use for it, and is never told by default.
   */
  readonly deadlineHeader?: boolean | string | undefined;
  /** Response headers to show in `meta.headers`, names in lower case. */
  readonly keepHeaders?: readonly string[] | undefined;
  /** Headers that may hold the provider's id of the request, the best first. Default `x-request-id`, `request-id`. */
  readonly requestIdHeaders?: readonly string[] | undefined;
  readonly rateLimit?: RateLimitParser | undefined;
  /** Behind a router: who served the call. */
  readonly servedBy?: ((headers: HeaderRecord) => string | undefined) | undefined;
  /** What the provider's headers say that it needed, in milliseconds. */
  readonly serverTimings?:
    | ((headers: HeaderRecord) => Readonly<Record<string, number>> | undefined)
    | undefined;
  /** The provider's own reading of its errors. */
  readonly refineError?: ErrorRefinement | undefined;
  /** Default: one `undiciTransport` of the provider's own. */
  readonly transport?: Transport | undefined;
}
