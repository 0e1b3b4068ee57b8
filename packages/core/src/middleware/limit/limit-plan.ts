import type { Call } from '../../call.js';
import { LIKELY_OUTPUT_TOKENS } from '../../cost-bound/assumed-output.js';
import { badOption } from '../../option-checks.js';
import type { LimitPlace } from './limit-error.js';
import { readRules, type LimitRule, type Rule } from './limit-rule.js';
import { checkTokenOptions, needReader, type TokenNeed, type TokenOptions } from './token-need.js';

/** The rules that are for one call, and how they count its tokens. */
export interface RulePlan {
  readonly rules: readonly Rule[];
  readonly needOf: (call: Call) => TokenNeed;
}

interface PlanOptions extends TokenOptions {
  readonly rules: readonly LimitRule[] | ((call: Call) => readonly LimitRule[] | undefined);
}

/** Reads the rules once: when built, or each list that a function gives when it is first met. */
export function limitPlan(
  owner: string,
  place: LimitPlace,
  options: PlanOptions,
): (call: Call) => RulePlan | undefined {
  const { rules } = options;
  const assumed = checkTokenOptions(owner, options);
  const read = (list: readonly LimitRule[]): RulePlan => {
    const checked = readRules(owner, place, list, assumed ?? 0);
    if (place === 'caller') refuseCredentials(owner, checked);
    const output = assumed ?? Math.min(LIKELY_OUTPUT_TOKENS, leastOutput(checked));
    return { rules: checked, needOf: needReader(owner, options, output) };
  };
  if (typeof rules !== 'function') {
    const plan = read(rules);
    return () => plan;
  }
  const known = new WeakMap<readonly LimitRule[], RulePlan>();
  return (call) => {
    const list = rules(call);
    if (list === undefined || list.length === 0) return undefined;
    let plan = known.get(list);
    if (plan === undefined) known.set(list, (plan = read(list)));
    return plan;
  };
}

// Nobody wrote the assumption down that would let no call in: it gives way to the rule.
function leastOutput(rules: readonly Rule[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { unit, max } of rules.flatMap(({ figures }) => figures)) {
    if (unit === 'outputTokens') least = Math.min(least, max);
    // Half of it, so that there is room for some input.
    if (unit === 'totalTokens') least = Math.min(least, Math.floor(max / 2));
  }
  return least;
}

// Outside of `fallback` nobody knows which credential a call will get.
function refuseCredentials(owner: string, rules: readonly Rule[]): void {
  const index = rules.findIndex(({ scopes }) => scopes.includes('credential'));
  if (index < 0) return;
  throw badOption(
    `rules[${index}].per`,
    `${owner}: rules[${index}] counts per credential, which is not known yet where callers are limited. Use limitTargets(…), as "credentialLimits" of standard.`,
  );
}
