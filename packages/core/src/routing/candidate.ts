import type { Model } from '../model.js';
import type { TargetFacts } from './facts.js';

/** Labels of a target, such as `{ region: 'eu', retention: 'none' }`: what its user knows of it, and no listing tells. */
export type Tags = Readonly<Record<string, string>>;

/** A target that may serve a call, as a policy sees it. */
export interface Candidate {
  /** `provider/model`. */
  readonly name: string;
  readonly model: Model;
  /** Its share where shares count: 1 unless the route says otherwise. */
  readonly weight: number;
  readonly tags: Tags;
  /** What its user, the catalogue and discovery say of it; what nobody said is left out. */
  readonly facts: TargetFacts;
}
