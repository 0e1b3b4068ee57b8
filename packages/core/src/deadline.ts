import { stateKey, type State } from './state.js';

const DEADLINE = stateKey<number | (() => number)>('deadline');
const FLOOR = stateKey<number>('least time of an attempt');

/** Monotonic time by which the logical call must be over; undefined when nobody set one. */
export function deadlineOf(state: State): number | undefined {
  const known = state.get(DEADLINE);
  if (typeof known !== 'function') return known;
  const at = known();
  return at === Number.POSITIVE_INFINITY ? undefined : at;
}

/** Sets the deadline of the logical call. The earliest one counts: a later call can only bring it forward. */
export function setDeadline(state: State, at: number): void {
  const known = state.get(DEADLINE);
  if (typeof known === 'function') state.set(DEADLINE, () => Math.min(at, known()));
  else if (known === undefined || at < known) state.set(DEADLINE, at);
}

/**
 * The state of work that several calls wait for: `state`, but with a deadline that may move either way while it runs.
 *
 * @param latest The monotonic time by which none of them waits any more; Infinity for never.
 */
export function withDeadline(state: State, latest: () => number): State {
  return state.but(DEADLINE, latest);
}

/** Milliseconds left, or Infinity. @param now Where the clock was just read. */
export function remainingMs(state: State, now?: number): number {
  const at = deadlineOf(state);
  return at === undefined ? Number.POSITIVE_INFINITY : at - (now ?? state.runtime.clock.now());
}

/** Says that an attempt with less time than this is not worth making. The longest floor counts. */
export function setAttemptFloor(state: State, ms: number): void {
  if (ms > (state.get(FLOOR) ?? 0)) state.set(FLOOR, ms);
}

/** True where another attempt, after a wait of `delayMs`, would have the time that it needs at least. */
export function hasTimeFor(state: State, delayMs = 0, now?: number): boolean {
  const left = remainingMs(state, now) - delayMs;
  return left > 0 && left >= (state.get(FLOOR) ?? 0);
}
