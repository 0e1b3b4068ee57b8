import { InferwayError } from '@inferway/core';
import type { BaseUrl } from './base-url.js';

/**
 * A model id as a piece of a path: each segment encoded, slashes kept. `encodeURIComponent` leaves dots alone, so dot segments,
 * which would reach another route with the caller's key, are refused.
 *
 * @throws {InferwayError} `invalid_request`.
 */
export function encodeModelId(id: string): string {
  return id
    .split('/')
    .map((segment) => {
      const plain = segment.normalize('NFKC');
      if (plain === '' || plain === '.' || plain === '..' || /[\\%?#\u0000-\u001f]/u.test(plain)) {
        throw badModel();
      }
      return encodeURIComponent(segment);
    })
    .join('/');
}

/**
 * Joins a base URL and a path beneath it, and checks by the standard's own reading that the result is still beneath it.
 *
 * @throws {InferwayError} `invalid_request`.
 */
export function requestPath(base: BaseUrl, path: string): string {
  const joined = `${base.path}/${path}`;
  const read = new URL(joined, base.origin);
  if (read.origin !== base.origin || read.hash !== '' || read.pathname + read.search !== joined) {
    throw badModel();
  }
  return joined;
}

function badModel(): InferwayError {
  return new InferwayError('invalid_request', {
    message:
      'The model id holds an empty or dot segment or a character that would change the address of the request. Use the id as the provider lists it.',
    param: 'model',
  });
}
