import { attemptBudget } from './attempts.js';
import type { InferwayError } from './error.js';
import { formatModel, type Model } from './model.js';
import { stateKey, type State } from './state.js';

/** A target that a breaker kept the call away from. */
export interface RefusedTarget {
  readonly model: Model;
  /** Monotonic time of its last failure, as far as this process saw one. */
  readonly failedAt: number;
}

interface Panic {
  readonly model: Model;
  taken: boolean;
}

const REFUSED = stateKey<RefusedTarget[]>('targets refused by breakers');
const PANIC = stateKey<Panic>('panic attempt');
const refusals = new WeakSet<InferwayError>();

/** Says that `error` is a breaker's refusal: nothing was sent, and the same target is not worth another try. `offer`: see `panicTarget`. */
export function noteRefusal(state: State, error: InferwayError, offer?: RefusedTarget): void {
  refusals.add(error);
  if (offer !== undefined) state.ensure(REFUSED, () => []).push(offer);
}

/** True for the error by which a breaker refused a call. */
export function isRefusal(error: InferwayError): boolean {
  return refusals.has(error);
}

/**
 * The panic rule, for layers that go through targets: when nothing of the call reached a provider, and breakers refused all of its targets, two at
 * least, the one that failed the longest time ago is to be tried after all. Undefined where the rule does not apply. Given once a call.
 */
export function panicTarget<T extends { readonly model: Model }>(
  state: State,
  targets: readonly T[],
  failures: readonly InferwayError[],
): T | undefined {
  const offered = state.get(REFUSED);
  if (offered === undefined || isPanicking(state)) return undefined;
  if (attemptBudget(state).made.length > 0 || !failures.every(isRefusal)) return undefined;
  if (new Set(offered.map(({ model }) => formatModel(model))).size < 2) return undefined;
  const [first] = offered
    .map((refused) => ({
      ...refused,
      target: targets.find(({ model }) => isSame(model, refused.model)),
    }))
    .filter(({ target }) => target !== undefined)
    .toSorted((one, other) => one.failedAt - other.failedAt);
  if (first !== undefined) state.set(PANIC, { model: first.model, taken: false });
  return first?.target;
}

/** For breakers: true once, for the target that `panicTarget` gave. */
export function takePanic(state: State, model: Model): boolean {
  const panic = state.get(PANIC);
  if (panic === undefined || panic.taken || !isSame(panic.model, model)) return false;
  panic.taken = true;
  return true;
}

/** True from the moment at which the call's only panic attempt was decided: it is not repeated. */
export function isPanicking(state: State): boolean {
  return state.get(PANIC) !== undefined;
}

function isSame(one: Model, other: Model): boolean {
  return one.id === other.id && one.provider === other.provider;
}
