import type { ChatRequest, JsonObject, ReasoningEffort } from '@inferway/core';
import { ANTHROPIC_EFFORTS, type AnthropicEffort, type AnthropicModelRules } from './dialect.js';
import type { EncodeContext } from './encode-context.js';
import { encodeOff } from './thinking-off.js';

/** Anthropic's least `budget_tokens`. */
const MIN_BUDGET = 1024;

/**
 * `budget_tokens` for an effort, for models that know only budgets. Our own choice, as Anthropic gives no such table: the most leaves room for
 * an answer within the 32,000 output tokens of the smallest models that think.
 */
const BUDGETS: Readonly<Record<AnthropicEffort, number>> = {
  low: 4096,
  medium: 8192,
  high: 16_384,
  xhigh: 20_480,
  max: 24_576,
};

/** The body's fields for reasoning, and the `max_tokens` that leaves room for it. */
export interface EncodedReasoning {
  readonly thinking?: JsonObject | undefined;
  readonly effort?: AnthropicEffort | undefined;
  readonly maxTokens: number;
}

/**
 * The portable setting in what the model knows: `adaptive` with an effort, or a budget, which counts towards `max_tokens` and must be less.
 * An empty setting asks for thinking without saying how much.
 */
export function encodeReasoning(
  request: ChatRequest,
  defaultMaxTokens: number,
  context: EncodeContext,
): EncodedReasoning {
  const { reasoning, maxOutputTokens } = request;
  const plain = { maxTokens: maxOutputTokens ?? defaultMaxTokens };
  if (reasoning === undefined) return plain;
  const { rules } = context;
  if (reasoning.effort === 'none') return { ...plain, ...encodeOff(context) };
  if (rules.thinking === 'none') {
    context.warn(
      'unsupported',
      'reasoning',
      'The model does not reason: the setting was left out.',
    );
    return plain;
  }
  const effort = nearestEffort(reasoning.effort, context);
  if (
    takesAdaptive(rules) &&
    (reasoning.maxTokens === undefined || rules.thinking === 'adaptive')
  ) {
    if (reasoning.maxTokens !== undefined) {
      context.warn(
        'unsupported',
        'reasoning.maxTokens',
        'The model decides how much it thinks: give "reasoning.effort" instead.',
      );
    }
    return { ...plain, thinking: { type: 'adaptive' }, effort: knownEffort(effort, rules) };
  }
  // Only by a budget: adaptive thinking and a forced call go together.
  if (forcesTool(request) && rules.forcedTools !== false) {
    context.warn(
      'unsupported',
      'reasoning',
      'Thinking by a budget cannot be had where "toolChoice" forces a call: it was left out.',
    );
    return { ...plain, effort: knownEffort(effort, rules) };
  }
  const wanted = reasoning.maxTokens ?? BUDGETS[effort ?? 'medium'];
  const budget = fittingBudget(wanted, reasoning.maxTokens !== undefined, maxOutputTokens, context);
  if (budget === undefined) return { ...plain, effort: knownEffort(effort, rules) };
  const maxTokens =
    maxOutputTokens ?? (defaultMaxTokens > budget ? defaultMaxTokens : defaultMaxTokens + budget);
  return {
    thinking: { type: 'enabled', budget_tokens: budget },
    effort: knownEffort(effort, rules),
    maxTokens,
  };
}

export function forcesTool({ toolChoice }: ChatRequest): boolean {
  return toolChoice === 'required' || typeof toolChoice === 'object';
}

function takesAdaptive({ thinking = 'both' }: AnthropicModelRules): boolean {
  return thinking !== 'budget' && thinking !== 'none';
}

function knownEffort(
  effort: AnthropicEffort | undefined,
  rules: AnthropicModelRules,
): AnthropicEffort | undefined {
  if (effort === undefined) return undefined;
  return rules.efforts === undefined && !takesAdaptive(rules) ? undefined : effort;
}

/** The word of the API that is nearest to the setting, one step down rather than up. */
function nearestEffort(
  effort: ReasoningEffort | undefined,
  context: EncodeContext,
): AnthropicEffort | undefined {
  if (effort === undefined || effort === 'none') return undefined;
  const wanted = effort === 'minimal' ? 0 : ANTHROPIC_EFFORTS.indexOf(effort);
  const known = context.rules.efforts ?? ANTHROPIC_EFFORTS;
  const below = ANTHROPIC_EFFORTS.slice(0, wanted + 1).findLast((word) => known.includes(word));
  const nearest = below ?? ANTHROPIC_EFFORTS.find((word) => known.includes(word));
  if (nearest !== undefined && nearest !== effort) {
    context.warn(
      'changed',
      'reasoning.effort',
      `The model has no effort "${effort}": "${nearest}" is sent.`,
    );
  }
  return nearest ?? (known.length === 0 ? ANTHROPIC_EFFORTS[wanted] : undefined);
}

function fittingBudget(
  wanted: number,
  exact: boolean,
  maxOutputTokens: number | undefined,
  context: EncodeContext,
): number | undefined {
  const room = maxOutputTokens === undefined ? Infinity : maxOutputTokens - 1;
  if (room < MIN_BUDGET) {
    context.warn(
      'unsupported',
      'reasoning',
      `Thinking needs "maxOutputTokens" of more than ${MIN_BUDGET}: the setting was left out.`,
    );
    return undefined;
  }
  // A budget that we chose leaves a fifth of the room for the answer; one that the caller chose is only kept below the limit.
  const most = exact ? room : Math.max(MIN_BUDGET, Math.floor(room * 0.8));
  const budget = Math.min(Math.max(wanted, MIN_BUDGET), most);
  if (exact && budget !== wanted) {
    context.warn(
      'changed',
      'reasoning.maxTokens',
      `The thinking budget must be at least ${MIN_BUDGET} and less than "maxOutputTokens": ${budget} is sent.`,
    );
  }
  return budget;
}
