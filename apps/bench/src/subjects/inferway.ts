import { cache } from '@inferway/core/caching';
import { createClient, type Middleware } from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import { fullChain, layerChains, storeChain } from './chains.js';
import { MESSAGES, type SubjectFactory } from './subject.js';

function inferway(name: string, middleware: () => readonly Middleware[]): SubjectFactory {
  return (baseUrl) => {
    const provider = createOpenAICompatible({ name: 'bench', baseUrl, apiKey: 'bench' });
    const client = createClient({ providers: [provider], middleware: middleware() });
    return {
      name,
      async unary() {
        const answer = await client.chat({ model: 'bench/bench', messages: MESSAGES });
        return answer.text.length;
      },
      async stream(model) {
        const stream = await client.chat.stream({ model: `bench/${model}`, messages: MESSAGES });
        let length = 0;
        for await (const event of stream)
          if (event.type === 'text-delta') length += event.text.length;
        return length;
      },
    };
  };
}

/** Client and adapter, no middleware. */
export const inferwayBare: SubjectFactory = inferway('inferway, bare', () => []);

/** With what `standard()` has but the cache: trace, fallback, retry, cost, timeouts and auth. */
export const inferwayFull: SubjectFactory = inferway('inferway, full chain', () =>
  standard(fullChain()),
);

/** The same with the cache on, which every call misses: the question is hashed, and the answer kept. */
export const inferwayCache: SubjectFactory = inferway('inferway, full chain and cache', () => {
  let call = 0;
  // A scope of its own for each call, since all ask the same.
  return standard({
    ...fullChain(),
    cache: cache({ scope: () => String(call++), maxEntries: 1_000 }),
  });
});

/** With limits on callers and targets, a budget, a breaker and a ledger besides, all on stores in memory. */
export const inferwayStores: SubjectFactory = inferway('inferway, all on memory stores', () =>
  standard(storeChain()),
);

/** One of the chains that layers are measured in. */
export function inferwayChain(name: string): SubjectFactory | undefined {
  const chain = layerChains.get(name);
  return chain && inferway(name, chain);
}
