import { stateKey, type StateKey } from './state.js';

/**
 * Set by a cache as soon as it has looked, before it lets the call go on: so traces and ledgers know that a cache took part. What the
 * caller sees of it is `meta.cache`.
 */
export const cacheResult: StateKey<'hit' | 'miss' | 'bypass'> = stateKey('cache result');
