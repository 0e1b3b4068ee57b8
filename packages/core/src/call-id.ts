import type { Attempt } from './attempts.js';
import { nextUuid } from './next-uuid.js';
import { stateKey, type State, type StateKey } from './state.js';

/** Set it to give a call an id of one's own, unique over all processes; a server may set the id of its request. */
export const callId: StateKey<string> = stateKey<string>('call id');

const MADE = stateKey<string>('call id of ours');

/**
 * The id of the logical call, made on first use: a UUID unless `callId` was set. A fork is a call of its own, with attempts that are counted from 1:
 * it has the id with a mark behind it, or its rows and reservations would be taken for those of the call it came from.
 */
export function callIdOf(state: State): string {
  const id = state.get(callId) ?? state.ensure(MADE, nextUuid);
  return id + state.lineage;
}

/** True where the application gave the id, which then is as unique as it made it. */
export function hasGivenId(state: State): boolean {
  return state.get(callId) !== undefined;
}

/** The id of one attempt of a call; unique over all processes where that of the call is. */
export function attemptIdOf(state: State, attempt: Attempt): string {
  return `${callIdOf(state)}:${attempt.number}`;
}
