import type { CacheMarker, JsonObject } from '@inferway/core';

/** How cache markers are written on parts. */
export type CacheMarkers = 'none' | 'cache_control' | 'prompt_cache_breakpoint';

/**
 * A cache marker as a member of a part or tool: `cache_control` (the convention of OpenRouter and LiteLLM, after Anthropic) or OpenAI's
 * `prompt_cache_breakpoint`, whose shortest lifetimes are 30 minutes and 12 hours.
 */
export function writeCache(
  cache: CacheMarker | undefined,
  how: CacheMarkers | undefined,
): JsonObject | undefined {
  if (cache === undefined) return undefined;
  switch (how) {
    case 'cache_control': {
      const { ttl } = cache;
      return {
        cache_control: ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl },
      };
    }
    case 'prompt_cache_breakpoint': {
      const marker = { mode: 'explicit' };
      return { prompt_cache_breakpoint: cache.ttl === '1h' ? { ...marker, ttl: '12h' } : marker };
    }
    default: {
      return undefined;
    }
  }
}
