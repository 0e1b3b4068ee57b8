import type { InferwayError } from '../error.js';
import { formatModel, parseModel, type Model } from '../model.js';
import { badOption } from '../option-checks.js';

/** Where to go instead: a model, or a model with a rule of its own. */
export type FallbackTarget = string | Model | RuledTarget;

/** A target with a rule of its own. */
export interface RuledTarget {
  readonly model: string | Model;
  /**
   * The errors of the target before it that lead here, in place of the list's own rule: so a full context window can lead to a model
   * with a larger one, `{ model: 'x/large', when: (error) => error.code === 'context_length' }`.
   */
  readonly when?: ((error: InferwayError) => boolean) | undefined;
}

/** A target as `fallback` works with it. */
export interface Target {
  readonly name: string;
  readonly model: Model;
  readonly when?: ((error: InferwayError) => boolean) | undefined;
}

/** Reads a list of targets, each once. @throws {InferwayError} `configuration` for an empty list or a malformed model. */
export function readTargets(targets: readonly FallbackTarget[], owner: string): readonly Target[] {
  if (!Array.isArray(targets) || targets.length === 0) {
    throw badOption('targets', `${owner}: no target is given. Name at least one model.`);
  }
  const read = targets.map((target, index) => readTarget(target, `${owner}, target ${index + 1}`));
  return read.filter((target, index) => {
    const first = read.find(({ name }) => name === target.name) as Target;
    if (first.when === target.when) return read.indexOf(first) === index;
    throw badOption(
      'targets',
      `${owner}: ${target.name} is named twice, with different rules; the second would never count. Name it once, with one rule for both.`,
    );
  });
}

function readTarget(target: FallbackTarget, where: string): Target {
  const ruled = typeof target === 'object' && target !== null && 'model' in target;
  try {
    const model = parseModel(ruled ? target.model : target);
    return { name: formatModel(model), model, when: ruled ? target.when : undefined };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw badOption('targets', `${where}: ${message}`);
  }
}
