import type { Call } from './call.js';
import { isFree } from './operations/is-free.js';
import { reportedBill } from './reported-bill.js';
import { estimateInput } from './token-estimate.js';
import type { Usage } from './usage.js';

/** The reported usage, with what is missing filled in by estimates, and flagged where that was needed. */
export function completedUsage(call: Call, usage: Usage | undefined, output: () => number): Usage {
  if (usage?.inputTokens !== undefined && usage.outputTokens !== undefined) return usage;
  if (isFree(call)) return usage ?? {};
  // What the provider says that it charges needs no estimate, and what is counted otherwise has no tokens to be guessed.
  if (usage !== undefined && (reportedBill(usage) !== undefined || usage.units !== undefined)) {
    return usage;
  }
  return {
    ...usage,
    inputTokens: usage?.inputTokens ?? estimateInput(call),
    outputTokens: usage?.outputTokens ?? output(),
    estimated: true,
  };
}
