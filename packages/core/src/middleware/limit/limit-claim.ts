import type { Call } from '../../call.js';
import { InferwayError } from '../../error.js';
import type { QuotaLimit } from '../../stores/quota-store.js';
import type { TokenNeed } from './token-need.js';
import type { RulePlan } from './limit-plan.js';
import type { Claim, Figure, Rule } from './limit-rule.js';

// Tags come from callers: one call must not make a store count a thousand things.
const MOST_LIMITS = 100;
// A value may be of any length, and is the caller's to choose.
const LONGEST_KNOWN = 200;

/** What a call takes by these rules; undefined where none applies to it. */
export function claimOf(call: Call, { rules, needOf }: RulePlan): Claim | undefined {
  const [only] = rules;
  if (rules.length === 1 && only !== undefined) {
    const values = only.valuesOf(call);
    if (values === undefined) return undefined;
    if (values.length === 1) return claimOfOne(call, only, values[0] ?? '', needOf);
  }
  const limits: QuotaLimit[] = [];
  const figures: Figure[] = [];
  let need: TokenNeed | undefined;
  for (const rule of rules) {
    const values = rule.valuesOf(call);
    if (values === undefined) continue;
    for (const figure of rule.figures) {
      if (countsTokens(figure)) need ??= needOf(call);
      const amount = amountOf(figure, need);
      for (const value of values) {
        limits.push(figure.limits.of(value, amount));
        figures.push(figure);
      }
    }
  }
  if (limits.length > MOST_LIMITS) throw tooMany(limits.length);
  return limits.length === 0 ? undefined : { limits, figures, need };
}

// As most chains have it: one rule, and one value of it. Lists that grow are made larger than they end, so these are made at once.
function claimOfOne(
  call: Call,
  { figures, claims }: Rule,
  value: string,
  needOf: RulePlan['needOf'],
): Claim {
  if (figures.some(countsTokens)) return claimOfFigures(figures, value, needOf(call));
  // The same for each call.
  const known = claims.get(value);
  if (known !== undefined) return known;
  const claim = claimOfFigures(figures, value);
  if (value.length <= LONGEST_KNOWN) claims.set(value, claim);
  return claim;
}

function claimOfFigures(figures: readonly Figure[], value: string, need?: TokenNeed): Claim {
  const limits = figures.map((figure) => figure.limits.of(value, amountOf(figure, need)));
  return { limits, figures, need };
}

function countsTokens({ unit }: Figure): boolean {
  return unit !== 'requests' && unit !== 'concurrency';
}

/** What a figure counts of a call that takes so many tokens. */
export function amountOf({ unit }: Figure, tokens: TokenNeed | undefined): number {
  const { input = 0, output = 0 } = tokens ?? {};
  switch (unit) {
    case 'inputTokens':
      return Math.min(input, Number.MAX_SAFE_INTEGER);
    case 'outputTokens':
      return Math.min(output, Number.MAX_SAFE_INTEGER);
    case 'totalTokens':
      // Counts that a provider or caller made up must not leave what a store can count.
      return Math.min(input + output, Number.MAX_SAFE_INTEGER);
    default:
      return 1;
  }
}

function tooMany(count: number): InferwayError {
  return new InferwayError('invalid_request', {
    message: `This call is counted by ${count} limits, and may be by ${MOST_LIMITS} at most. Give its caller fewer tags.`,
    fallbackable: false,
    sent: 'no',
  });
}
