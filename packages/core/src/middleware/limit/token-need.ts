import type { Call } from '../../call.js';
import { badOption, checkAmount } from '../../option-checks.js';
import { askedCounts } from '../../cost-bound/asked-counts.js';
import { estimateInput } from '../../token-estimate.js';
import { boundUsage } from '../../cost-bound/usage-bound.js';

/** Tokens that a call takes, in whole numbers. */
export interface TokenNeed {
  readonly input: number;
  readonly output: number;
}

/** How the tokens of a call are reckoned before they are known. */
export interface TokenOptions {
  /**
   * How input is counted before a call: `estimate` by the length of its text, `upper` by its bytes, which no tokenizer exceeds, or by a function
   * (a tokenizer of yours). Default `estimate`.
   */
  readonly inputTokens?: 'estimate' | 'upper' | ((call: Call) => number) | undefined;
  /** Output tokens that are reserved for a call that names no `maxOutputTokens`. Default 1,000, or less where a rule allows less. */
  readonly assumedOutputTokens?: number | undefined;
}

/** How many tokens a call may take. The output is an upper bound where the call names its maximum; the input is one where `inputTokens` gives one. */
export function needReader(
  owner: string,
  options: TokenOptions,
  assumedOutput: number,
): (call: Call) => TokenNeed {
  const { inputTokens = 'estimate' } = options;
  const inputOf =
    typeof inputTokens === 'function'
      ? (call: Call) => counted(owner, inputTokens(call))
      : INPUT[inputTokens];
  return (call) => ({
    input: inputOf(call),
    output: outputOf(call, assumedOutput),
  });
}

const INPUT = {
  estimate: estimateInput,
  upper: (call: Call): number => boundUsage(call).usage.inputTokens ?? estimateInput(call),
} as const;

/** @throws {InferwayError} `configuration` for an option that cannot work. */
export function checkTokenOptions(owner: string, options: TokenOptions): number | undefined {
  const { inputTokens = 'estimate', assumedOutputTokens } = options;
  if (typeof inputTokens !== 'function' && !Object.hasOwn(INPUT, inputTokens)) {
    throw badOption(
      'inputTokens',
      `${owner}: inputTokens is ${JSON.stringify(inputTokens)}. Give 'estimate', 'upper' or a function of the call.`,
    );
  }
  if (assumedOutputTokens === undefined) return undefined;
  return checkAmount(owner, 'assumedOutputTokens', assumedOutputTokens);
}

function outputOf(call: Call, assumed: number): number {
  const { outputTokens, answers } = askedCounts(call.request);
  if (outputTokens !== undefined) return outputTokens * answers;
  // An operation whose answer cannot be streamed writes no text (embeddings, images).
  const writes = call.state.runtime.traits(call.operation)?.fold !== undefined;
  return writes ? assumed * answers : 0;
}

function counted(owner: string, tokens: number): number {
  if (tokens >= 0 && Number.isFinite(tokens)) return Math.ceil(tokens);
  throw badOption(
    'inputTokens',
    `${owner}: inputTokens gave ${tokens} for a call; let it give a number of 0 or more.`,
  );
}

/** A count as a provider or caller tells it, in whole tokens; undefined for what is none. */
export function wholeNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= 0)) return undefined;
  const whole = Math.ceil(value);
  return Number.isSafeInteger(whole) ? whole : undefined;
}
