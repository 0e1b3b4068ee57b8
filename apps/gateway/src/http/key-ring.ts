import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A key that callers may present, and the name by which logs and cache scopes know it. */
export interface CallerKey {
  readonly id: string;
  readonly secret: string;
}

/** Finds out who is calling. */
export interface KeyRing {
  /** The id of the key in these headers, or undefined where there is none or a wrong one. */
  identify(headers: IncomingHttpHeaders): string | undefined;
}

// Longer than any key: what is longer is refused without the work of a hash.
const LONGEST = 512;
const BEARER = 'bearer ';

/**
 * Keys are kept and compared as SHA-256 digests, all of them each time, so that neither the length of a common prefix
 * nor the place in the list shows in the time it takes.
 */
export function createKeyRing(keys: readonly CallerKey[]): KeyRing {
  const known = keys.map(({ id, secret }) => ({ id, digest: digestOf(secret) }));
  return {
    identify(headers) {
      const presented = presentedKey(headers);
      if (presented === undefined || presented.length > LONGEST) return undefined;
      const digest = digestOf(presented);
      let found: string | undefined;
      for (const key of known) if (timingSafeEqual(key.digest, digest)) found = key.id;
      return found;
    },
  };
}

// Anthropic's rule where both are sent: `x-api-key` wins.
function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const apiKey = headers['x-api-key'];
  if (typeof apiKey === 'string' && apiKey !== '') return apiKey;
  const { authorization } = headers;
  if (authorization === undefined || authorization.length <= BEARER.length) return undefined;
  if (authorization.slice(0, BEARER.length).toLowerCase() !== BEARER) return undefined;
  return authorization.slice(BEARER.length).trim();
}

function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
