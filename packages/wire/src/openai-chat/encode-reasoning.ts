import type { JsonObject, ReasoningEffort, ReasoningSettings } from '@inferway/core';
import type { EncodeTarget } from '../format.js';
import { defined } from '../json-body.js';
import type { OpenAIChatDialect } from './dialect.js';

const EFFORTS: readonly ReasoningEffort[] = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
];

/** The fields that ask for reasoning. What the dialect has no word for becomes the nearest one, with a warning. */
export function encodeReasoning(
  settings: ReasoningSettings,
  dialect: OpenAIChatDialect,
  to: EncodeTarget<OpenAIChatDialect>,
): JsonObject {
  const effort = knownEffort(settings.effort, dialect.efforts, to);
  if (typeof dialect.reasoning === 'function') return dialect.reasoning({ ...settings, effort });
  const { maxTokens } = settings;
  if (dialect.reasoning === 'object')
    return { reasoning: defined({ effort, max_tokens: maxTokens }) };
  if (maxTokens === undefined) return defined({ reasoning_effort: effort });
  const nearest = effort ?? knownEffort(effortOf(maxTokens), dialect.efforts, undefined);
  to.warn({
    type: 'changed',
    setting: 'reasoning.maxTokens',
    message: `${to.provider} takes an effort and no cap in tokens, so the effort "${nearest}" was sent.`,
  });
  return defined({ reasoning_effort: nearest });
}

/** The nearest known effort; of two that are equally near the lower, so that nothing costs more than was asked for. */
function knownEffort(
  effort: ReasoningEffort | undefined,
  known: readonly ReasoningEffort[] | undefined,
  to: EncodeTarget<OpenAIChatDialect> | undefined,
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
