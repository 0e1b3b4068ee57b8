import type { Call } from '../call.js';
import { FREE, type Cost } from '../money.js';
import type { ModelInfo } from '../model-info.js';
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
  const book = new DearestPrices(call, prices, options.model?.servedBy);
  const plain = book.cost(usage);
  let cost = plain;
  for (const kind of dearerKinds(usage, marksCache, assumed)) cost = dearer(cost, book.cost(kind));
  if (!cost.known || assumed.includes('units')) return { cost, usage, assumed };
  return new TimedBound(cost, usage, assumed, book, plain);
}

/** What usage costs at most now, whoever of those that may serve the call does. */
class DearestPrices {
  readonly #call: Call;
  readonly #prices: PriceBook | undefined;
  readonly #servers: ModelInfo['servedBy'];
  readonly #at: number;

  constructor(call: Call, prices: PriceBook | undefined, servers: ModelInfo['servedBy']) {
    this.#call = call;
    this.#prices = prices;
    this.#servers = servers;
    this.#at = call.state.runtime.clock.wallTime();
  }

  cost(usage: Usage): Cost {
    let found = this.#costAt(usage, undefined);
    for (const { provider } of this.#servers ?? NOBODY) {
      found = dearer(found, this.#costAt(usage, provider));
    }
    return found;
  }

  #costAt(usage: Usage, server: string | undefined): Cost {
    return this.#prices?.cost(this.#call.model, usage, this.#at, server) ?? NO_PRICE;
  }
}

const NOBODY: NonNullable<ModelInfo['servedBy']> = [];

/** How long a machine works is told by no request; it matters where it has a price. That is looked for when somebody asks: a call need not wait for it. */
class TimedBound implements CostBound {
  readonly cost: Cost;
  readonly usage: Usage;
  readonly #assumed: readonly Assumption[];
  readonly #book: DearestPrices;
  readonly #plain: Cost;

  /** @param plain What `usage` costs where nothing of it is dearer than it looks. */
  constructor(
    cost: Cost,
    usage: Usage,
    assumed: readonly Assumption[],
    book: DearestPrices,
    plain: Cost,
  ) {
    this.cost = cost;
    this.usage = usage;
    this.#assumed = assumed;
    this.#book = book;
    this.#plain = plain;
  }

  get assumed(): readonly Assumption[] {
    const { usage } = this;
    const plain = this.#plain;
    const timeless = this.#book.cost({ ...usage, units: { ...usage.units, computeSeconds: 0 } });
    const isTimed = !(timeless.known && plain.known && timeless.total === plain.total);
    return isTimed ? [...this.#assumed, 'units'] : this.#assumed;
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
