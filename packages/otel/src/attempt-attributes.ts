import type { Attributes } from '@opentelemetry/api';
import { AttributeBag } from './attribute-bag.js';
import { costStateOf } from '@inferway/core';
import type { AttemptRun } from './call-run.js';
import { ATTEMPT_COST, ATTEMPT_COST_STATE } from './own-names.js';
import * as names from './semconv.js';
import { outcomeWord } from './target-attributes.js';

// Attempts carry no `gen_ai` names: back ends count each span that does as a call of its own.
export function attemptHead(attempt: AttemptRun): Attributes {
  return new AttributeBag()
    .number(names.ATTEMPT_NUMBER, attempt.number)
    .text(names.ATTEMPT_CREDENTIAL, attempt.credential)
    .number(names.RETRY_DELAY_MS, attempt.delayMs).values;
}

export function attemptTail(attempt: AttemptRun): Attributes {
  const bag = new AttributeBag()
    .number(names.HTTP_STATUS, attempt.status)
    .text(names.OUTCOME, outcomeWord(attempt));
  const { cost } = attempt;
  // What is paid for no answer is looked for by whoever wonders at a bill.
  if (attempt.ending !== 'complete' && cost !== undefined) {
    bag
      .number(ATTEMPT_COST, cost.known ? cost.total / 1e9 : undefined)
      .text(ATTEMPT_COST_STATE, costStateOf(attempt));
  }
  if (attempt.ending !== 'failed') return bag.values;
  // Tokens that a failed attempt may be billed for are in nobody else's usage.
  return bag
    .text(names.ERROR_TYPE, attempt.error?.code)
    .number(names.ATTEMPT_INPUT_TOKENS, attempt.usage?.inputTokens)
    .number(names.ATTEMPT_OUTPUT_TOKENS, attempt.usage?.outputTokens).values;
}
