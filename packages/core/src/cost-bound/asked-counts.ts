/** What a request says of how much may come back, in the portable form or in a provider's own words. */
export interface AskedCounts {
  /** The most output tokens that any of its members allows; undefined where none says. */
  readonly outputTokens: number | undefined;
  /** Answers to one prompt; at least 1. */
  readonly answers: number;
}

const OUTPUT_NAMES = new Set([
  'maxOutputTokens',
  'maxTokens',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'max_new_tokens',
  'max_tokens_to_sample',
  'max_length',
  'num_predict',
  'n_predict',
]);
const ANSWER_NAMES = new Set([
  'choices',
  'n',
  'best_of',
  'num_outputs',
  'num_return_sequences',
  'candidateCount',
  'candidate_count',
]);
// A provider's own options are one object, or an object in that.
const DEEPEST = 3;

/**
 * Reads the bounds of a request of an operation that generates. Where the request and a provider's own options, or fields that are passed
 * through, say different things, the largest counts: which of them the provider follows is its own affair.
 */
export function askedCounts(request: object): AskedCounts {
  const found = { output: 0, answers: 1, thinking: 0 };
  const { maxOutputTokens, choices, reasoning, providerOptions, passthrough } = request as {
    readonly [name: string]: unknown;
  };
  take(found, 'maxOutputTokens', maxOutputTokens);
  take(found, 'choices', choices);
  const thinking = (reasoning as { readonly maxTokens?: unknown } | undefined)?.maxTokens;
  if (isCount(thinking)) found.thinking = thinking;
  search(found, providerOptions, 0);
  search(found, passthrough, 0);
  return {
    // Where thinking is capped above the answer, adapters make room for both.
    outputTokens: found.output === 0 ? undefined : Math.max(found.output, withRoom(found)),
    answers: found.answers,
  };
}

interface Found {
  output: number;
  answers: number;
  thinking: number;
}

function withRoom({ output, thinking }: Found): number {
  return thinking >= output ? output + thinking : output;
}

function search(found: Found, value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > DEEPEST)
    return;
  for (const [name, member] of Object.entries(value)) {
    take(found, name, member);
    search(found, member, depth + 1);
  }
}

function take(found: Found, name: string, value: unknown): void {
  if (!isCount(value)) return;
  if (OUTPUT_NAMES.has(name)) found.output = Math.max(found.output, value);
  if (ANSWER_NAMES.has(name)) found.answers = Math.max(found.answers, value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
