import type { Attempt } from './attempts.js';
import type { Call } from './call.js';
import type { Outcome } from './outcome.js';
import type { AnyReply } from './reply.js';
import { stateKey, type State } from './state.js';

/** Sees one attempt from its beginning to its end. */
export interface AttemptObserver {
  /** The events of a stream, as they come: see `Observer`. */
  batch?(events: readonly unknown[]): void;
  /**
   * The attempt is over: failed, or its answer read to the end, broken or left. Told exactly once, the observer that began last first, so that
   * those that began before find what it put down. What it throws fails the attempt.
   *
   * @param reply Undefined where the provider gave none.
   * @param endedMs Milliseconds since the logical call began, as `Attempt.startedMs`.
   */
  over(outcome: Outcome, reply: AnyReply | undefined, endedMs: number): void;
}

/**
 * Hears that an attempt begins, before anything of it is sent. Gives who sees the rest of it, if anybody does. What it throws is the attempt's
 * failure, and nothing is sent.
 */
export type BeginAttempt = (
  call: Call,
  attempt: Attempt,
) => AttemptObserver | undefined | Promise<AttemptObserver | undefined>;

const OBSERVERS = stateKey<BeginAttempt[]>('attempt observers');

/**
 * Lets `begin` hear of every attempt of the logical call that `state` belongs to: the cheap form of `aroundAttempts` for who only watches, since all
 * observers together cost the attempt no promise of their own. They stand inside of what `aroundAttempts` put around it.
 */
export function observeAttempts(state: State, begin: BeginAttempt): void {
  state.ensure(OBSERVERS, nobody).push(begin);
}

/** Who hears of the attempts of a call, in the order in which they came. */
export function attemptObservers(state: State): readonly BeginAttempt[] {
  return state.get(OBSERVERS) ?? NOBODY;
}

const NOBODY: readonly BeginAttempt[] = [];

function nobody(): BeginAttempt[] {
  return [];
}
