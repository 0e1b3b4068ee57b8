import { parseModel } from '@inferway/core';
import { labelLimit } from './label-limit.js';
import type { ModelLabels } from './metric-labels.js';
import { OTHER } from './semconv.js';

// Names of limits, budgets, routes and hooks: of the configuration, which may still be made by a function for each call.
const MOST_NAMES = 200;

type Labels = Readonly<Record<string, string>>;

/** Makes the labels of events, all bounded. */
export class EventLabels {
  readonly #models: ModelLabels;
  readonly #names: (value: string, trusted: boolean) => string = labelLimit(MOST_NAMES);

  constructor(models: ModelLabels) {
    this.#models = models;
  }

  name(value: string): string {
    return this.#names(value, true);
  }

  /** A route is of the configuration; behind `auto/` stands what a caller wrote. */
  route(name: string): string {
    return name.startsWith('auto/') ? 'auto' : this.name(name);
  }

  provider(provider: string): Labels {
    return this.#models.provider(provider, true);
  }

  model(provider: string, model: string): Labels {
    return this.#models.model(provider, model, true);
  }

  /** Provider and model of a target's name. */
  target(name: string): Labels {
    const { provider, id } = parseModel(name);
    return this.model(provider, id);
  }

  /** A target's name as one label. */
  targetName(name: string, trusted: boolean): string {
    const { provider, id } = parseModel(name);
    const labels = Object.values(this.#models.model(provider, id, trusted));
    return labels.includes(OTHER) ? OTHER : name;
  }
}
