import type { Call } from '../call.js';
import type { Candidate, Tags } from './candidate.js';
import type { TargetFacts } from './facts.js';
import type { Model } from '../model.js';
import type { Lack } from './lacks.js';
import type { Needs } from './needs.js';
import type { Question, Ranked } from './policy.js';
import type { RoutePlan } from './route-plan.js';
import type { Rules } from './rules.js';
import type { Unasked } from './directory.js';
import type { StickyKey } from './sticky.js';

/** A target in its place in a choice. */
export interface Placed extends Ranked {
  /** All rules that it met: those of its route, of routes around that, and of the call. */
  readonly rules: readonly Rules[];
  /** Why it stands behind all that are well; undefined where it is well itself. */
  readonly resting: string | undefined;
}

/** A target that may not serve the call. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
  /** What it lacks; undefined where a rule keeps it out. */
  readonly what: Lack['what'] | undefined;
}

/** What was decided for one call. */
export interface Choice {
  readonly plan: RoutePlan;
  /** `route/fast`, `auto/some-model`. */
  readonly route: string;
  /** In the order in which they are tried. */
  readonly order: readonly Placed[];
  readonly leftOut: readonly LeftOut[];
  readonly unasked: readonly Unasked[];
  readonly needs: Needs;
  /** Rules of the call and of the route that it named: they hold for all that serves it. */
  readonly rules: readonly Rules[];
  readonly stickyKey: StickyKey | undefined;
  /** Why the first one is first: `policy`, `only`, `session`, `sticky`, `all resting`, or the policy's own word. */
  readonly reason: string;
}

/** Several targets that stand in one place of a route: what another route would choose, seen by the first of them. */
export class Group implements Candidate {
  readonly name: string;
  readonly model: Model;
  readonly tags: Tags;
  readonly weight: number;
  readonly members: readonly [Placed, ...Placed[]];

  constructor(members: readonly [Placed, ...Placed[]], weight: number) {
    const { name, model, tags } = members[0].candidate;
    this.name = name;
    this.model = model;
    this.tags = tags;
    this.weight = weight;
    this.members = members;
  }

  get facts(): TargetFacts {
    return this.members[0].candidate.facts;
  }
}

/** What a choice is made from, beside the plan. */
export interface Choosing {
  readonly call: Call;
  readonly question: Question;
  /** Who serves an id, as discovery found. */
  found(id: string): readonly Candidate[];
  /** Why the target cannot serve, in spite of all rules. */
  lack(candidate: Candidate): Lack | undefined;
  resting(candidate: Candidate): string | undefined;
  /** Rules and order of discovery itself, for what it found. */
  readonly auto: Pick<RoutePlan, 'rules' | 'policy'> | undefined;
  leaveOut(target: LeftOut): void;
}
