import type { ReasoningEffort, ReasoningSettings } from '@inferway/core';
import type { EncodeTarget } from '../format.js';

export const EFFORTS: readonly ReasoningEffort[] = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
];

/** The one effort that says the settings to servers that take no cap in tokens, with a warning where that is not what was asked for. */
export function effortFor(
  { effort, maxTokens }: ReasoningSettings,
  known: readonly ReasoningEffort[] | undefined,
  to: Pick<EncodeTarget, 'provider' | 'warn'>,
): ReasoningEffort | undefined {
  const nearest = knownEffort(effort, known, to);
  if (maxTokens === undefined) return nearest;
  const sent = nearest ?? knownEffort(effortOf(maxTokens), known, undefined);
  to.warn({
    type: 'changed',
    setting: 'reasoning.maxTokens',
    message: `${to.provider} takes an effort and no cap in tokens, so the effort "${sent}" was sent.`,
  });
  return sent;
}

/** The nearest known effort; of two that are equally near the lower, so that nothing costs more than was asked for. */
export function knownEffort(
  effort: ReasoningEffort | undefined,
  known: readonly ReasoningEffort[] | undefined,
  to: Pick<EncodeTarget, 'provider' | 'warn'> | undefined,
): ReasoningEffort | undefined {
  if (effort === undefined || known === undefined || known.includes(effort)) return effort;
  const rank = EFFORTS.indexOf(effort);
  const distance = (other: ReasoningEffort): number => Math.abs(EFFORTS.indexOf(other) - rank);
  const nearest = EFFORTS.filter((other) => known.includes(other)).reduce<
    ReasoningEffort | undefined
  >(
    (best, other) => (best === undefined || distance(other) < distance(best) ? other : best),
    undefined,
  );
  to?.warn({
    type: 'changed',
    setting: 'reasoning.effort',
    message: `${to.provider} does not know the effort "${effort}", so "${nearest}" was sent.`,
  });
  return nearest;
}

/** The effort that a cap is about worth, by the budgets that providers name for theirs. */
function effortOf(maxTokens: number): ReasoningEffort {
  if (maxTokens <= 0) return 'none';
  if (maxTokens <= 1024) return 'minimal';
  if (maxTokens <= 4096) return 'low';
  if (maxTokens <= 12_288) return 'medium';
  return maxTokens <= 32_768 ? 'high' : 'xhigh';
}
