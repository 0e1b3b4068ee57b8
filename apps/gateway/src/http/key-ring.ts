import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { InferwayError } from '@inferway/core';

/** A key that callers may present, and the name by which logs and cache scopes know it. */
export interface CallerKey {
  readonly id: string;
  /** 1 to 254 visible ASCII characters. */
  readonly secret: string;
}

/** Finds out who is calling. */
export interface KeyRing {
  /** The id of the key in these headers, or undefined where there is none or a wrong one. */
  identify(headers: IncomingHttpHeaders): string | undefined;
}

const LONGEST = 254;
const BEARER = 'bearer ';

/**
 * Keys are compared whole: each fills a buffer of one size, its length in front, and all of them are compared each time. Neither the
 * length of a common prefix nor the place in the list shows in the time it takes, and a wrong key costs less than a microsecond.
 *
 * @throws {InferwayError} `configuration` for a key that cannot travel in a header or is too long.
 */
export function createKeyRing(keys: readonly CallerKey[]): KeyRing {
  const known = keys.map(({ id, secret }) => {
    if (secret.length <= LONGEST && /^[\x21-\x7e]+$/u.test(secret)) {
      return { id, block: fill(Buffer.alloc(LONGEST + 1), secret) };
    }
    throw new InferwayError('configuration', {
      message: `The key "${id}" is not 1 to ${LONGEST} visible ASCII characters. Make another one.`,
    });
  });
  const presentedBlock = Buffer.alloc(LONGEST + 1);
  return {
    identify(headers) {
      const presented = presentedKey(headers);
      if (presented === undefined || presented.length > LONGEST) return undefined;
      fill(presentedBlock, presented);
      let found: string | undefined;
      for (const key of known) if (timingSafeEqual(key.block, presentedBlock)) found = key.id;
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

function fill(block: Buffer, key: string): Buffer {
  block.fill(0);
  block[0] = key.length;
  block.write(key, 1, 'latin1');
  return block;
}
