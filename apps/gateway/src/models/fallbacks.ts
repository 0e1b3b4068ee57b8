import { stateKey, type Model, type StateKey } from '@inferway/core';

/** Where else a call may go, in order, when its own model fails. */
export const FALLBACKS: StateKey<readonly Model[]> = stateKey('fallbacks');
