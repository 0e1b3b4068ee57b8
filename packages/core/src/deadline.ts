import { stateKey, type State } from './state.js';

const DEADLINE = stateKey<number>('deadline');

/** Monotonic time by which the logical call must be over; undefined when nobody set one. */
export function deadlineOf(state: State): number | undefined {
  return state.get(DEADLINE);
}

/** Sets the deadline of the logical call. The earliest one counts: a later call can only bring it forward. */
export function setDeadline(state: State, at: number): void {
  const known = state.get(DEADLINE);
  if (known === undefined || at < known) state.set(DEADLINE, at);
}

/** Milliseconds left, or Infinity. */
export function remainingMs(state: State): number {
  const at = deadlineOf(state);
  return at === undefined ? Number.POSITIVE_INFINITY : at - state.runtime.clock.now();
}
