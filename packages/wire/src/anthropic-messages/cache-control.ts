import { isJsonObject, type CacheMarker, type JsonObject } from '@inferway/core';

/** The canonical cache marker as `cache_control`; undefined for none. */
export function cacheControl(cache: CacheMarker | undefined): JsonObject | undefined {
  if (cache === undefined) return undefined;
  return cache.ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl: cache.ttl };
}

/** `{ cache }` for a block's `cache_control`, as far as it is understood; nothing for none. */
export function cacheOf(value: unknown): { readonly cache?: CacheMarker } {
  if (!isJsonObject(value)) return {};
  return { cache: value.ttl === '5m' || value.ttl === '1h' ? { ttl: value.ttl } : {} };
}
