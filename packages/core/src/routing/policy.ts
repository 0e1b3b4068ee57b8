import type { Call } from '../call.js';
import type { Clock } from '../clock.js';
import type { NanoUsd } from '../money.js';
import type { UnaryReply } from '../reply.js';
import type { Candidate } from './candidate.js';
import type { Needs } from './needs.js';
import type { SpeedFigures } from './speed-book.js';

/** One decision, as a policy sees it. */
export interface Question {
  readonly call: Call;
  /** `route/fast`, `auto/some-model`. */
  readonly route: string;
  readonly needs: Needs;
  /** For randomness, and for figures that age. */
  readonly clock: Clock;
  /** What this request is expected to cost there; undefined where no price is known, never 0 for that. */
  cost(candidate: Candidate): NanoUsd | undefined;
  /** Calls of this router that the target serves now. */
  inFlight(candidate: Candidate): number;
  /** What was measured for the call's operation; undefined where nothing was. */
  speed(candidate: Candidate): SpeedFigures | undefined;
}

/** A candidate in its place. */
export interface Ranked {
  readonly candidate: Candidate;
  /** What it was placed by, in the policy's own unit (`unit`); left out where the policy has no figure. */
  readonly score?: number | undefined;
  /** Why it stands there, where that is not the policy's usual reason: `explored`, `unknown price`. A few fixed words. */
  readonly why?: string | undefined;
}

/** Orders the candidates of a call. It sees only those that may serve it; who is not healthy is ranked apart, behind the others. */
export interface RoutePolicy {
  readonly name: string;
  /** What `score` counts, for people who read an explanation: `nano-dollars`, `ms`. */
  readonly unit?: string | undefined;
  /** Best first. Who is left out is not tried at all. Answers at once: it stands in the way of every call. */
  rank(candidates: readonly Candidate[], question: Question): readonly Ranked[];
  /** Judges a unary answer while there is another target: false goes on to that one (see `cascade`). */
  accepts?(answer: UnaryReply, call: Call): boolean | Promise<boolean>;
}

/** A policy of one's own as a function: gives the candidates back in the order in which they are to be tried. */
export type PolicyFunction = (
  candidates: readonly Candidate[],
  question: Question,
) => readonly Candidate[];

/** How a route orders the candidates of a call. */
export type Policy = RoutePolicy | PolicyFunction;

/** A policy as the router works with it. */
export function readPolicy(policy: Policy): RoutePolicy {
  if (typeof policy !== 'function') return policy;
  return {
    name: policy.name === '' ? 'function' : policy.name,
    rank: (candidates, question) =>
      policy(candidates, question).map((candidate) => ({ candidate })),
  };
}

/** Ascending by score; those without one come last, and equals stay in the order in which they came. */
export function byScore(ranked: readonly Ranked[]): readonly Ranked[] {
  return ranked.toSorted((a, b) => orLast(a.score) - orLast(b.score) || 0);
}

function orLast(score: number | undefined): number {
  return score === undefined || Number.isNaN(score) ? Number.MAX_VALUE : score;
}
