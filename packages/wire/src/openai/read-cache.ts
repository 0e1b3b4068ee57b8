import type { CacheMarker } from '@inferway/core';
import type { Fields } from '../checks.js';

/** The cache marker of a part or tool, in either of the two ways in which callers of this protocol write it. */
export function readCache(fields: Fields): CacheMarker | undefined {
  const control = fields.fields('cache_control');
  if (control !== undefined) {
    control.requiredOneOf('type', ['ephemeral']);
    const ttl = control.oneOf('ttl', ['5m', '1h']);
    return ttl === undefined ? {} : { ttl };
  }
  const breakpoint = fields.fields('prompt_cache_breakpoint');
  if (breakpoint === undefined) return undefined;
  breakpoint.requiredOneOf('mode', ['explicit']);
  return breakpoint.oneOf('ttl', ['30m', '12h']) === '12h' ? { ttl: '1h' } : {};
}
