import type { Call } from '../call.js';
import { badOption } from '../option-checks.js';
import { stateKey, type StateKey } from '../state.js';

/** `use`: read and store; `refresh`: store only; `bypass`: neither. */
export type CacheMode = 'use' | 'refresh' | 'bypass';

/** How one call treats the cache: `client.chat(request, { state: (state) => state.set(cacheMode, 'bypass') })`. */
export const cacheMode: StateKey<CacheMode> = stateKey<CacheMode>('cache mode');

/** @throws {InferwayError} `configuration` for a word that is none of them, which plain JavaScript can set. */
export function modeOf(owner: string, call: Call): CacheMode {
  const mode: unknown = call.state.get(cacheMode) ?? 'use';
  if (mode === 'use' || mode === 'refresh' || mode === 'bypass') return mode;
  throw badOption(
    'cacheMode',
    `${owner}: cacheMode is ${JSON.stringify(mode)}; set 'use', 'refresh' or 'bypass'.`,
  );
}
