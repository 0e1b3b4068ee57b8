import { InferwayError } from '@inferway/core';
import type { WireBody } from '@inferway/wire';
import type { HttpRequest, RequestHeaders } from '../transport/http-request.js';
import type { BaseUrl } from './base-url.js';
import { requestPath } from './request-path.js';

/** One exchange of a session. One of `path`, `url` and `address` says where. */
export interface SessionRequest {
  /** Default: `POST` with a body, else `GET`. */
  readonly method?: HttpRequest['method'] | undefined;
  /** Beneath the base URL, without a slash in front, encoded; may hold a query. */
  readonly path?: string | undefined;
  /** As the provider gave it. One that leads to another origin is sent without the key and without the adapter's headers. */
  readonly url?: string | undefined;
  /** True: without the key, wherever `url` leads. */
  readonly keyless?: boolean | undefined;
  /** Made by `addressOf` before, for an address that every call has. */
  readonly address?: Address | undefined;
  readonly body?: WireBody | undefined;
  /** `tell`: a redirect is an answer; see `fetchFile`. Default `refuse`. */
  readonly redirects?: 'refuse' | 'tell' | undefined;
  /** Over the session's own; names in lower case. */
  readonly headers?: RequestHeaders | undefined;
}

export interface Address {
  readonly origin: string;
  readonly path: string;
  /** False where the key must not go. */
  readonly own: boolean;
}

/**
 * Where a request goes.
 *
 * @throws {InferwayError} `protocol` for a URL of the provider's that is neither https at a public name nor of the base URL's own origin.
 */
export function addressOf(request: SessionRequest, base: BaseUrl, provider: string): Address {
  const { path, url } = request;
  if (url === undefined) {
    return { origin: base.origin, path: requestPath(base, path ?? ''), own: true };
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const own = parsed?.origin === base.origin && request.keyless !== true;
  if (
    parsed === undefined ||
    (!own && (parsed.protocol !== 'https:' || !isPublicName(parsed.hostname))) ||
    parsed.username !== '' ||
    parsed.password !== ''
  ) {
    throw new InferwayError('protocol', {
      message: `${provider} gave an address that is neither https at a public name nor of its own origin; it is not followed.`,
      provider,
    });
  }
  return { origin: parsed.origin, path: parsed.pathname + parsed.search, own };
}

// Files stand at names. A bare address or a name of the local network would turn the caller's machine against its neighbours.
function isPublicName(hostname: string): boolean {
  return /\.(?!(?:local|localhost|internal|arpa)\.?$)[\w-]*[a-z][\w-]*\.?$/u.test(hostname);
}
