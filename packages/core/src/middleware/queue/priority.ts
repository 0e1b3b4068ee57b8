import { stateKey, type State, type StateKey } from '../../state.js';

const HIGHEST = 100;

/**
 * How urgent a call is where it has to wait: `client.chat(request, { state: (state) => state.set(priority, 5) })`. A whole number from -100 to 100,
 * higher first; 0 where nobody said. Set it yourself: a caller who may choose his own is always urgent.
 */
export const priority: StateKey<number> = stateKey<number>('priority');

/** The priority of the call that `state` belongs to, within its bounds; what is no number counts as 0. */
export function priorityOf(state: State): number {
  const given = Number(state.get(priority) ?? 0);
  if (Number.isNaN(given)) return 0;
  return Math.trunc(Math.min(HIGHEST, Math.max(-HIGHEST, given)));
}
