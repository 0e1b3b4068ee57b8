import { stateKey, type StateKey } from '@inferway/core';

/** The id of the key that a call came in with: the tenant scope of whatever is kept of it. */
export const CALLER: StateKey<string> = stateKey('caller');
