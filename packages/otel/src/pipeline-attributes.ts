import type { Attributes } from '@opentelemetry/api';
import { AttributeBag } from './attribute-bag.js';
import type { CallRun } from './call-run.js';
import * as names from './semconv.js';
import { costAttributes, outcomeWord } from './target-attributes.js';

/** What is known of the whole call at its end. */
export function pipelineTail(call: CallRun): Attributes {
  const { targets } = call;
  return {
    ...new AttributeBag()
      .text(names.REQUEST_ALIAS, call.alias)
      .text(names.CACHE_RESULT, call.cache)
      .number(names.FALLBACK_COUNT, targets.length > 1 ? targets.length - 1 : undefined)
      .text(names.ERROR_TYPE, call.ending === 'failed' ? call.error?.code : undefined)
      .text(names.OUTCOME, outcomeWord(call)).values,
    ...costAttributes(
      targets.flatMap(({ attempts }) => attempts),
      call.cost,
    ),
  };
}
