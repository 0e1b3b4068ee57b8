import type { ModelInfo, ServingProvider } from '../model-info.js';
import type { TokenPrices } from '../price.js';

/** What is known of a target. A `ModelInfo` is one; what is not told is left out, and excludes nothing. */
export interface TargetFacts {
  readonly contextLength?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly operations?: readonly string[] | undefined;
  readonly inputModalities?: readonly string[] | undefined;
  readonly tools?: boolean | undefined;
  readonly structuredOutput?: boolean | undefined;
  /** False for one that can only answer whole. */
  readonly streaming?: boolean | undefined;
  readonly prices?: TokenPrices | undefined;
  readonly free?: boolean | undefined;
  readonly ttftMs?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  /** False where a router says that nobody behind it serves the model now. */
  readonly live?: boolean | undefined;
}

/**
 * The facts of a listed model. Behind a router who will serve is not known before: it can do what one of those that are live can do, costs what
 * the dearest of them costs, and is as fast as the slowest.
 */
export function factsOf(info: ModelInfo): TargetFacts {
  const { servedBy } = info;
  if (servedBy === undefined || servedBy.length === 0) return info;
  const live = servedBy.filter(({ status }) => status === 'live');
  return {
    ...info,
    live: live.length > 0,
    contextLength: info.contextLength ?? extreme(Math.max, live, 'contextLength'),
    tools: info.tools ?? can(live, 'tools'),
    structuredOutput: info.structuredOutput ?? can(live, 'structuredOutput'),
    prices: info.prices ?? dearest(live),
    free: info.free ?? (live.length > 0 && live.every(({ free }) => free === true)),
    ttftMs: info.ttftMs ?? extreme(Math.max, live, 'ttftMs'),
    tokensPerSecond: info.tokensPerSecond ?? extreme(Math.min, live, 'tokensPerSecond'),
  };
}

/** `more` over `facts`, without the members that it leaves open. */
export function withFacts(facts: TargetFacts, more: TargetFacts | undefined): TargetFacts {
  if (more === undefined) return facts;
  const told = Object.entries(more).filter(([, value]) => value !== undefined);
  return { ...facts, ...(Object.fromEntries(told) as TargetFacts) };
}

// Where one does not say, it may; where all say no, none does.
function can(
  live: readonly ServingProvider[],
  what: 'tools' | 'structuredOutput',
): boolean | undefined {
  if (live.some((one) => one[what] === true)) return true;
  return live.length > 0 && live.every((one) => one[what] === false) ? false : undefined;
}

function extreme(
  choose: (...values: number[]) => number,
  live: readonly ServingProvider[],
  what: 'contextLength' | 'ttftMs' | 'tokensPerSecond',
): number | undefined {
  const told = live.flatMap((one) => one[what] ?? []);
  return told.length === 0 ? undefined : choose(...told);
}

// A price that one of them does not tell may be any.
function dearest(live: readonly ServingProvider[]): TokenPrices | undefined {
  const known = live.flatMap(({ prices }) => prices ?? []);
  if (known.length === 0 || known.length < live.length) return undefined;
  return known.reduce((most, prices) =>
    prices.input + prices.output > most.input + most.output ? prices : most,
  );
}
