import type { Call } from './call.js';
import { stateKey, type State } from './state.js';

/**
 * What layers of the chain tell while a call runs: why it waits, where it goes next, what was refused. An open map, one line per event, which
 * each layer adds beside itself by declaration merging:
 *
 * ```ts
 * declare module '@inferway/core' {
 *   interface ChainEvents { 'retry': { readonly delayMs: number } }
 * }
 * ```
 * Details hold labels and figures, never content or secrets.
 */
// oxlint-disable-next-line typescript/no-empty-object-type
export interface ChainEvents {}

/** One event. Switch on `type`; there may be more types than you know. */
export type ChainEvent = {
  [T in keyof ChainEvents & string]: { readonly type: T } & ChainEvents[T];
}[keyof ChainEvents & string];

/** Hears the events of one logical call, at once and in order. What it throws is ignored. */
export type ChainListener = (event: ChainEvent, call: Call) => void;

const LISTENERS = stateKey<ChainListener[]>('chain listeners');

/** Adds a listener to the logical call that `state` belongs to. */
export function listen(state: State, listener: ChainListener): void {
  state.ensure(LISTENERS, () => []).push(listener);
}

/** True where somebody listens, for events that cost something to make. */
export function isHeard(state: State): boolean {
  return state.get(LISTENERS) !== undefined;
}

/** Tells an event of the call to whoever listens. */
export function tell(call: Call, event: ChainEvent): void {
  const listeners = call.state.get(LISTENERS);
  if (listeners === undefined) return;
  for (const listener of listeners) {
    try {
      listener(event, call);
    } catch {
      // Who watches a call must not break it.
    }
  }
}
