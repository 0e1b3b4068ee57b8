import type { Attempt } from './attempts.js';
import type { Call } from './call.js';
import type { Next } from './middleware.js';
import type { AnyReply } from './reply.js';
import { stateKey, type State } from './state.js';

/** Sees one attempt from right above the provider: calls `next(call)` once and gives back its reply, or throws what it threw. */
export type AttemptLayer = (call: Call, attempt: Attempt, next: Next) => Promise<AnyReply>;

const LAYER = stateKey<AttemptLayer>('attempt layer');

/**
 * Puts `layer` around every attempt of the logical call that `state` belongs to, below all middleware. So an outer middleware, or the
 * `state` option of a call, learns of each try that retries and fallbacks make, and can time it or set a context for it:
 *
 * ```ts
 * aroundAttempts(call.state, async (inner, attempt, next) => {
 *   log('trying', attempt.number, attempt.provider, attempt.model);
 *   return observe(await next(inner), { end: ({ status }) => log(attempt.number, status) });
 * });
 * ```
 * A layer that is added later stands inside of those already there.
 */
export function aroundAttempts(state: State, layer: AttemptLayer): void {
  const outer = state.get(LAYER);
  if (outer === undefined) {
    state.set(LAYER, layer);
    return;
  }
  state.set(LAYER, (call, attempt, next) =>
    outer(call, attempt, ((inner: Call) => layer(inner, attempt, next)) as Next),
  );
}

/** The layers of the logical call as one; undefined when nobody asked. */
export function attemptLayer(state: State): AttemptLayer | undefined {
  return state.get(LAYER);
}
