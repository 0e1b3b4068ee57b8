import type { SimulatedModel } from '../models.js';
import type { Problem } from '../protocols/voice.js';
import type { Served } from './endpoint.js';
import { findModel } from './model-reference.js';

/** The model of an id where there is no router: it answers under its own name and prices. */
export function findPlain(models: readonly SimulatedModel[], id: string): Served | Problem {
  const model = findModel(models, id);
  if (model === undefined) return { kind: 'unknown-model', model: id };
  return { model, shownAs: id, prices: model.prices };
}
