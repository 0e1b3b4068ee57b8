import { formatModel, type Model } from '../model.js';
import type { ModelInfo } from '../model-info.js';
import type { Candidate, Tags } from './candidate.js';
import { factsOf, withFacts, type TargetFacts } from './facts.js';

/** One target of a route, or one that was found. Its facts follow what discovery last said. */
export class Target implements Candidate {
  readonly name: string;
  readonly model: Model;
  readonly weight: number;
  readonly tags: Tags;
  readonly #own: TargetFacts | undefined;
  readonly #listed: () => ModelInfo | undefined;
  #read: ModelInfo | undefined;
  #facts: TargetFacts;

  /** @param own What its user says, which counts before what is listed. */
  constructor(
    model: Model,
    weight: number,
    tags: Tags,
    own: TargetFacts | undefined,
    listed: () => ModelInfo | undefined,
  ) {
    this.name = formatModel(model);
    this.model = model;
    this.weight = weight;
    this.tags = tags;
    this.#own = own;
    this.#listed = listed;
    this.#facts = own ?? {};
  }

  get facts(): TargetFacts {
    const listed = this.#listed();
    if (listed !== this.#read) {
      this.#read = listed;
      this.#facts = withFacts(listed === undefined ? {} : factsOf(listed), this.#own);
    }
    return this.#facts;
  }
}
