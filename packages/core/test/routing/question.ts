import type { Clock } from '@inferway/core';
import type { Candidate, Needs, Question, SpeedFigures, TargetFacts } from '@inferway/core/routing';
import { virtualClock } from '@inferway/core/testing';

/** A candidate of a made-up provider. */
export function candidate(
  name: string,
  more: { weight?: number; facts?: TargetFacts } = {},
): Candidate {
  const { weight = 1, facts = {} } = more;
  return { name: `p/${name}`, model: { provider: 'p', id: name }, weight, tags: {}, facts };
}

export interface Known {
  readonly clock?: Clock;
  readonly stream?: boolean;
  readonly outputTokens?: number;
  readonly cost?: (candidate: Candidate) => number | undefined;
  readonly inFlight?: (candidate: Candidate) => number;
  readonly speed?: (candidate: Candidate) => SpeedFigures | undefined;
}

/** What a policy is asked, with only what it may look at. */
export function question(known: Known = {}): Question {
  const { stream = false, outputTokens = 100 } = known;
  return {
    call: undefined as never,
    route: 'route/test',
    needs: { stream, outputTokens } as Needs,
    clock: known.clock ?? virtualClock(),
    cost: known.cost ?? (() => undefined),
    inFlight: known.inFlight ?? (() => 0),
    speed: known.speed ?? (() => undefined),
  };
}

export const names = (ranked: readonly { readonly candidate: Candidate }[]): readonly string[] =>
  ranked.map(({ candidate: { model } }) => model.id);
