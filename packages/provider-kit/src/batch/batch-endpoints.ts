import type { Operation } from '@inferway/core';
import type { Endpoint, EndpointChoice } from '../provider/endpoint.js';
import type { FileBatchSettings } from './batch-settings.js';

/** What a batch calls an endpoint. */
export function endpointUrl({ path }: Endpoint, { url }: FileBatchSettings): string {
  if (typeof path !== 'string') throw new TypeError('An endpoint of batches needs a fixed path.');
  return url === undefined ? `/v1/${path}` : url(path);
}

/** The endpoint that a batch names. */
export function endpointOf(
  url: unknown,
  settings: FileBatchSettings,
): { readonly operation: Operation; readonly endpoint: Endpoint } | undefined {
  for (const [operation, served] of Object.entries(settings.endpoints)) {
    const known = served as unknown as Endpoint | EndpointChoice;
    for (const endpoint of 'among' in known ? known.among : [known]) {
      if (endpointUrl(endpoint, settings) === url) {
        return { operation: operation as Operation, endpoint };
      }
    }
  }
  return undefined;
}
