import { InferwayError } from './error.js';
import { formatModel, type Model } from './model.js';
import { stateKey, type State } from './state.js';

/** Why a model may not serve the call, in a few words; undefined where it may. */
export type TargetRule = (model: Model) => string | undefined;

const RULES = stateKey<Set<TargetRule>>('which models may serve the call');

/**
 * From now on the logical call of `state` reaches only models that `rule` lets pass: below all middleware, so that retries, fallbacks and hedges of
 * other layers keep it too. Gives back how to take it away again, for a rule that holds for one target only.
 */
export function allowOnly(state: State, rule: TargetRule): () => void {
  const rules = state.ensure(RULES, () => new Set());
  rules.add(rule);
  return () => rules.delete(rule);
}

/** The refusal of a model that may not serve the call; another target may. */
export function refusedTarget(state: State, model: Model): InferwayError | undefined {
  const rules = state.get(RULES);
  if (rules === undefined) return undefined;
  for (const rule of rules) {
    const why = rule(model);
    if (why === undefined) continue;
    return new InferwayError('unsupported', {
      message: `${formatModel(model)} may not serve this call: ${why}. Name one that may.`,
      provider: model.provider,
      model: model.id,
      sent: 'no',
    });
  }
  return undefined;
}
