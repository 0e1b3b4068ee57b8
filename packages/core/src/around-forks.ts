import type { Call } from './call.js';
import type { Next } from './middleware.js';
import type { AnyReply } from './reply.js';
import { stateKey, type State } from './state.js';

/** Sees a call that is made on behalf of another one: calls `next(own)` once and gives back its reply, or throws what it threw. */
export type ForkLayer = (own: Call, next: Next) => Promise<AnyReply>;

const LAYER = stateKey<ForkLayer>('fork layer');

/**
 * Puts `layer` around the calls that layers further in make on their own behalf behind the answer of this one, such as the refresh of a stale
 * entry. They have a state of their own (`State.fork`), and so nothing of what outer layers have installed for the call that they come from.
 */
export function aroundForks(state: State, layer: ForkLayer): void {
  const outer = state.get(LAYER);
  state.set(
    LAYER,
    outer === undefined
      ? layer
      : (own, next) => outer(own, ((inner: Call) => layer(inner, next)) as Next),
  );
}

/** Makes `own` on behalf of the call of `served`, with what was put around such calls. */
export function sendFork(served: State, own: Call, next: Next): Promise<AnyReply> {
  const layer = served.get(LAYER);
  return layer === undefined ? (next(own) as Promise<AnyReply>) : layer(own, next);
}
