import type { CacheMarker, JsonObject } from '@inferway/core';

/** The canonical cache marker as `cache_control`; undefined for none. */
export function cacheControl(cache: CacheMarker | undefined): JsonObject | undefined {
  if (cache === undefined) return undefined;
  return cache.ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl: cache.ttl };
}
