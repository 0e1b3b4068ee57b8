import type { Attributes } from '@opentelemetry/api';
import { AttributeBag } from './attribute-bag.js';
import type { AttemptRun } from './call-run.js';
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
  if (attempt.ending !== 'failed') return bag.values;
  // Tokens that a failed attempt may be billed for are in nobody else's usage.
  return bag
    .text(names.ERROR_TYPE, attempt.error?.code)
    .number(names.ATTEMPT_INPUT_TOKENS, attempt.usage?.inputTokens)
    .number(names.ATTEMPT_OUTPUT_TOKENS, attempt.usage?.outputTokens).values;
}
