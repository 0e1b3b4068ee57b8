import type { Call } from '../../call.js';
import type { ChainEvents } from '../../chain-events.js';
import type { PriceBook } from '../../price.js';
import type { Usage } from '../../usage.js';
import './prompt-cache-events.js';

/** What the provider's cache did, from the tokens that it reported: read ones at the difference of both prices. Unknown stays unknown. */
export function cacheSavings(
  call: Call,
  prices: PriceBook | undefined,
  usage: Usage | undefined,
  servedBy: string | undefined,
): Omit<ChainEvents['prompt-cache'], 'markers'> {
  const readTokens = usage?.cacheReadTokens;
  const writtenTokens = usage?.cacheWriteTokens;
  if (usage === undefined || prices === undefined) return { readTokens, writtenTokens };
  const at = call.state.runtime.clock.wallTime();
  const price = (counted: Usage): number | undefined => {
    const cost = prices.cost(call.model, counted, at, servedBy);
    return cost?.known === true ? cost.total : undefined;
  };
  const paid = price(usage);
  const difference = (more: number | undefined, less: number | undefined): number | undefined =>
    more === undefined || less === undefined ? undefined : more - less;
  return {
    readTokens,
    writtenTokens,
    savedNanoUsd:
      readTokens === undefined
        ? undefined
        : difference(price({ ...usage, cacheReadTokens: 0 }), paid),
    surchargeNanoUsd:
      writtenTokens === undefined
        ? undefined
        : difference(paid, price({ ...usage, cacheWriteTokens: 0, cacheWrite1hTokens: 0 })),
  };
}
