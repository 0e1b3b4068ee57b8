import type { SimulatedModel } from '../../models.js';
import type { Served } from '../../serve/endpoint.js';
import { findPlain } from '../../serve/find-plain.js';
import type { Problem } from '../voice.js';

/** `accounts/fireworks/models/sim-chat`, `accounts/…/deployments/sim-chat`, and the bare id. */
export function findFireworks(models: readonly SimulatedModel[], id: string): Served | Problem {
  const bare = /^accounts\/[^/]+\/(?:models|deployments)\/(.+)$/u.exec(id)?.[1];
  const found = findPlain(models, bare ?? id);
  return 'kind' in found ? { kind: 'unknown-model', model: id } : { ...found, shownAs: id };
}
