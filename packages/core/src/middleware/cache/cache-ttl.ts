import type { Call } from '../../call.js';
import { checkMs } from '../../option-checks.js';
import { stateKey, type StateKey } from '../../state.js';

/** How long the answer of one call is kept, in milliseconds, in place of the cache's own time: `state.set(cacheTtl, 60_000)`. */
export const cacheTtl: StateKey<number> = stateKey<number>('cache time to live');

/** @throws {InferwayError} `configuration` for a time of the call's own that no entry can have. */
export function ttlOf(owner: string, call: Call, otherwise: number): number {
  const own = call.state.get(cacheTtl);
  return own === undefined ? otherwise : checkMs(owner, 'cacheTtl', own);
}
