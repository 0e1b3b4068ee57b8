import { badOption } from '../option-checks.js';
import type { TargetFacts } from './facts.js';

const COUNTS = ['contextLength', 'maxOutputTokens'] as const;
const MEASURES = ['ttftMs', 'tokensPerSecond'] as const;

/** Facts that a user says of a target. @throws {InferwayError} `configuration` for a figure that is none. */
export function checkFacts(facts: TargetFacts, where: string): void {
  for (const name of COUNTS) {
    const count = facts[name];
    if (count === undefined || (Number.isSafeInteger(count) && count >= 1)) continue;
    throw badOption('facts', `${where}: facts.${name} is ${count}; give a whole number of tokens.`);
  }
  for (const name of MEASURES) {
    const figure = facts[name];
    if (figure === undefined || (Number.isFinite(figure) && figure > 0)) continue;
    throw badOption('facts', `${where}: facts.${name} is ${figure}; give a number above 0.`);
  }
  for (const [name, price] of Object.entries(facts.prices ?? {})) {
    if (typeof price !== 'number' || (Number.isSafeInteger(price) && price >= 0)) continue;
    throw badOption(
      'facts',
      `${where}: facts.prices.${name} is ${price}; give nano-dollars per million tokens, as usd(dollars) makes them.`,
    );
  }
}
