import { stateKey, type StateKey } from '../../state.js';

/** `use`: read and store; `refresh`: store only; `bypass`: neither. */
export type CacheMode = 'use' | 'refresh' | 'bypass';

/** How one call treats the cache: `client.chat(request, { state: (state) => state.set(cacheMode, 'bypass') })`. */
export const cacheMode: StateKey<CacheMode> = stateKey<CacheMode>('cache mode');
