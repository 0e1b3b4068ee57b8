import type { RawRequest } from '@inferway/core';
import { InferwayError } from '@inferway/core';
import { rawCall } from '@inferway/wire';
import { endpoint, type Endpoint } from './endpoint.js';

/** Whatever else a provider's API has: any path beneath its base URL. */
export const rawEndpoint: Endpoint<'raw'> = endpoint({
  format: rawCall,
  path: (_model, request) => pathOf(request),
  method: ({ method, json, form, file }) =>
    method ?? (json === undefined && form === undefined && file === undefined ? 'GET' : 'POST'),
});

function pathOf({ path, query }: RawRequest): string {
  const [plain = ''] = path.split(/[?#]/u);
  const bad =
    plain !== path ||
    plain === '' ||
    // A server that undoes the encoding before it reads the path would see what no address shows.
    /[\\\u0000-\u001f\u007f]/u.test(plain) ||
    plain.split(/\/|%2f|%5c/iu).some((segment) => /^(?:\.|%2e){0,2}$/iu.test(segment));
  if (bad) {
    throw new InferwayError('invalid_request', {
      message: `The path ${JSON.stringify(path)} is not one beneath the provider's base URL. Write it without a slash in front, without dot segments, and give parameters as "query".`,
      param: 'path',
      sent: 'no',
    });
  }
  const encoded = new URL(`http://path/${plain}`).pathname.slice(1);
  return query === undefined ? encoded : `${encoded}?${new URLSearchParams(query).toString()}`;
}
