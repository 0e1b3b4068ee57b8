import type { Call } from '../call.js';
import { FREE, type Cost } from '../money.js';
import type { PriceBook } from '../price.js';
import type { Usage } from '../usage.js';
import { isFree } from '../operations/is-free.js';
import { boundUsage, type Assumption, type UsageBoundOptions } from './usage-bound.js';

/** The most that one attempt can cost. */
export interface CostBound {
  /** At the price of the model that `call` names; unknown where the book has none. */
  readonly cost: Cost;
  readonly usage: Usage;
  /** Empty where nothing can cost more than `cost`; else what was assumed. */
  readonly assumed: readonly Assumption[];
}

/**
 * What one attempt of `call` can cost at most, told before it is sent: what a budget reserves, and what is taken for the cost of an attempt
 * whose process died.
 */
export function boundCost(
  call: Call,
  prices: PriceBook | undefined,
  options: UsageBoundOptions = {},
): CostBound {
  const { usage, marksCache, assumed } = boundUsage(call, options);
  if (isFree(call)) return { cost: FREE, usage, assumed: [] };
  const servers = options.model?.servedBy;
  const at = call.state.runtime.clock.wallTime();
  const dearest = (kind: Usage): Cost => {
    let found: Cost = prices?.cost(call.model, kind, at) ?? NO_PRICE;
    if (servers === undefined) return found;
    for (const { provider } of servers) {
      found = dearer(found, prices?.cost(call.model, kind, at, provider) ?? NO_PRICE);
    }
    return found;
  };
  const plain = dearest(usage);
  let cost = plain;
  for (const kind of dearerKinds(usage, marksCache, assumed)) cost = dearer(cost, dearest(kind));
  if (!cost.known || assumed.includes('units')) return { cost, usage, assumed };
  const isTimed = (): boolean => {
    const timeless = dearest({ ...usage, units: { ...usage.units, computeSeconds: 0 } });
    return !(timeless.known && plain.known && timeless.total === plain.total);
  };
  return new TimedBound(cost, usage, assumed, isTimed);
}

/** How long a machine works is told by no request; it matters where it has a price. That is looked for when somebody asks: a call need not wait for it. */
class TimedBound implements CostBound {
  readonly cost: Cost;
  readonly usage: Usage;
  readonly #assumed: readonly Assumption[];
  readonly #isTimed: () => boolean;

  constructor(cost: Cost, usage: Usage, assumed: readonly Assumption[], isTimed: () => boolean) {
    this.cost = cost;
    this.usage = usage;
    this.#assumed = assumed;
    this.#isTimed = isTimed;
  }

  get assumed(): readonly Assumption[] {
    return this.#isTimed() ? [...this.#assumed, 'units'] : this.#assumed;
  }
}

const NO_PRICE: Cost = { known: false, reason: 'no-price' };

function dearer(one: Cost, other: Cost): Cost {
  if (!other.known) return one.known ? one : NO_PRICE;
  return one.known && one.total >= other.total ? one : other;
}

// A book is asked by usage alone, so each kind of token that may be dearer than the plain one is asked for as if all were of that kind.
function dearerKinds(usage: Usage, marksCache: boolean, assumed: readonly Assumption[]): Usage[] {
  const { inputTokens, outputTokens } = usage;
  const kinds: Usage[] = [];
  if (marksCache) {
    kinds.push({ ...usage, cacheWriteTokens: inputTokens });
    kinds.push({ ...usage, cacheWriteTokens: inputTokens, cacheWrite1hTokens: inputTokens });
  }
  if (assumed.includes('media') || assumed.includes('units')) {
    kinds.push({ ...usage, inputAudioTokens: inputTokens, outputAudioTokens: outputTokens });
    kinds.push({ ...usage, inputImageTokens: inputTokens, outputImageTokens: outputTokens });
  }
  return kinds;
}
