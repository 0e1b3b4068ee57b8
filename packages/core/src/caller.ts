import { stateKey, type State, type StateKey } from './state.js';

/** On whose behalf a call is made. Limits, budgets, caches and the ledger count and separate by it. All members are the application's own names. */
export interface Caller {
  /** Whose data it is: what belongs to one tenant is never shown to another. */
  readonly tenant?: string | undefined;
  /** The label (never the secret) of the key by which the caller was let in. */
  readonly key?: string | undefined;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  /** For budgets and reports across the others: a feature, a project. */
  readonly tags?: readonly string[] | undefined;
}

/** Who makes a call: `client.chat(request, { state: (state) => state.set(caller, { tenant: 'acme', user: 'u-1' }) })`. */
export const caller: StateKey<Caller> = stateKey<Caller>('caller');

const NOBODY: Caller = Object.freeze({});

/** The caller of the call that `state` belongs to; without members where nobody said. */
export function callerOf(state: State): Caller {
  return state.get(caller) ?? NOBODY;
}
