import type { NanoUsd, PriceBook, TokenPrices, Usage } from '@inferway/core';
import { createPriceBook } from '@inferway/prices';
import { DEFAULT_MODELS, type SimulatedModel } from '@inferway/simulator';

/** The models that the examples name, as a price book knows them and as the simulator serves them. */
const MODELS = [
  { provider: 'openai', id: 'gpt-5-mini' },
  { provider: 'anthropic', id: 'claude-sonnet-4-6' },
  { provider: 'huggingface', id: 'openai/gpt-oss-120b' },
] as const;

const EMBEDDING = 'text-embedding-3-small';

/** These models at their public prices, so that a bill of the simulator is what the provider's would be; and the simulator's own. */
export async function simulatedModels(): Promise<SimulatedModel[]> {
  const book = await createPriceBook();
  return [
    ...MODELS.map(({ provider, id }) => ({ id, prices: listed(book, provider, id) })),
    { id: EMBEDDING, kind: 'embedding', prices: listed(book, 'openai', EMBEDDING) },
    ...DEFAULT_MODELS,
  ];
}

function listed(book: PriceBook, provider: string, id: string): TokenPrices {
  // Of a thousand tokens: below every long-context tier, and whole in nano-dollars.
  const perMillion = (usage: Usage): NanoUsd => {
    const cost = book.cost({ provider, id }, usage, Date.now());
    // A router's price depends on who serves; nobody checks a bill of the simulator's there.
    return cost?.known === true ? cost.total * 1000 : 0;
  };
  return {
    input: perMillion({ inputTokens: 1000, outputTokens: 0 }),
    output: perMillion({ inputTokens: 0, outputTokens: 1000 }),
    cacheRead: perMillion({ inputTokens: 1000, cacheReadTokens: 1000, outputTokens: 0 }),
    cacheWrite: perMillion({ inputTokens: 1000, cacheWriteTokens: 1000, outputTokens: 0 }),
  };
}
