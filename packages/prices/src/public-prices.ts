import { usd, type Cost, type Usage } from '@inferway/core';
import type * as GenaiPrices from '@pydantic/genai-prices';
import { withHourWrites } from './hour-writes.js';
import { splitRoutedId } from './model-names.js';
import { publicUsage } from './public-usage.js';

type Library = typeof GenaiPrices;
type Provider = GenaiPrices.Provider;

/** What to look up: a provider by its id in the public table, and the model's id there. */
export interface PublicModel {
  readonly provider: string;
  readonly id: string;
  readonly servedBy?: string | undefined;
}

/** The public table. Model ids come from callers, so what is remembered of them is bounded. */
export class PublicPrices {
  readonly #library: Library;
  readonly #narrowed = new Map<string, Provider | undefined>();
  static readonly #REMEMBERED = 2000;

  constructor(library: Library) {
    this.#library = library;
  }

  /** The cost of `usage`, or undefined where the table has no price for all of it. */
  cost(model: PublicModel, usage: Usage, at: number): Cost | undefined {
    for (const { provider, id } of candidates(model)) {
      const narrowed = this.#narrow(provider, id);
      if (narrowed === undefined) continue;
      return this.#price(narrowed, id, usage, at);
    }
    return undefined;
  }

  #price(provider: Provider, id: string, usage: Usage, at: number): Cost | undefined {
    const tokens = publicUsage(usage);
    if (tokens === undefined) return undefined;
    const found = this.#library.calcPrice(tokens, id, { provider, timestamp: new Date(at) });
    if (found === null) return undefined;
    // The table leaves out what it does not know and would charge 0 for it.
    const { input_mtok: input, output_mtok: output } = found.model_price;
    if (input === undefined && (usage.inputTokens ?? 0) > 0) return undefined;
    if (output === undefined && (usage.outputTokens ?? 0) > 0) return undefined;
    const source = usage.estimated === true ? 'estimate' : 'price';
    return { known: true, total: usd(found.total_price), source };
  }

  // The table's own look-up tries a thousand patterns: done once for a model, and then on a provider that has this model alone.
  #narrow(providerId: string, id: string): Provider | undefined {
    const key = `${providerId} ${id}`;
    if (this.#narrowed.has(key)) return this.#narrowed.get(key);
    if (this.#narrowed.size >= PublicPrices.#REMEMBERED) this.#narrowed.clear();
    const narrowed = this.#find(providerId, id);
    this.#narrowed.set(key, narrowed);
    return narrowed;
  }

  #find(providerId: string, id: string): Provider | undefined {
    // The library also matches by resemblance ("my-openai-proxy" is openai to it): a guessed price is not a known one.
    const provider = this.#library.findProvider({ providerId });
    if (provider?.id !== providerId) return undefined;
    const found = this.#library.calcPrice({}, id, { providerId });
    if (found === null) return undefined;
    const { prices } = found.model;
    const model = {
      ...found.model,
      prices: Array.isArray(prices)
        ? prices.map((dated) => ({ ...dated, prices: withHourWrites(dated.prices) }))
        : withHourWrites(prices),
    };
    return { ...provider, models: [model] };
  }
}

// A router's prices are listed by the provider that serves, `huggingface_together`, where it passes their prices on.
function* candidates({
  provider,
  id,
  servedBy,
}: PublicModel): Generator<{ provider: string; id: string }> {
  const routed = splitRoutedId(id);
  const bare = routed.tail === undefined ? routed.id : routed.id.slice(0, -routed.tail.length - 1);
  if (servedBy !== undefined) {
    yield { provider: `${provider}_${servedBy}`, id: routed.tail === servedBy ? bare : routed.id };
  } else if (routed.tail !== undefined) {
    yield { provider: `${provider}_${routed.tail}`, id: bare };
  }
  yield { provider, id: routed.id };
}
