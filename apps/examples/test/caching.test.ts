import { createAnthropic } from '@inferway/anthropic';
import {
  caller,
  callerOf,
  createClient,
  listen,
  type CallOptions,
  type ChainEvent,
  type ChatEvent,
  type Message,
  type Middleware,
} from '@inferway/core';
import { cache, promptCache } from '@inferway/core/caching';
import { cost } from '@inferway/core/middleware';
import { clientEmbedder, semanticCache } from '@inferway/core/semantic';
import { createOpenAI } from '@inferway/openai';
import { createSimulator, type BillEntry } from '@inferway/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const simulator = createSimulator();
beforeAll(async () => {
  await simulator.listen();
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.bill.clear();
  simulator.requests.clear();
});

const bill = (): BillEntry[] => simulator.bill.entries.toArray();
const long = 'The history of the harbour is long. '.repeat(300);
const user = (content: string): Message => ({ role: 'user', content });

/** A client of real adapters over real sockets. */
function clientOf(middleware: readonly Middleware[]) {
  const { baseUrls, priceBook } = simulator;
  return createClient({
    providers: [
      createOpenAI({ apiKey: 'simulated', baseUrl: baseUrls.openai, api: 'chat-completions' }),
      createAnthropic({ apiKey: 'simulated', baseUrl: baseUrls.anthropic }),
    ],
    middleware: [...middleware, cost({ prices: priceBook })],
  });
}

function heard(tenant: string): { readonly events: ChainEvent[]; readonly options: CallOptions } {
  const events: ChainEvent[] = [];
  return {
    events,
    options: {
      state: (state) => {
        state.set(caller, { tenant });
        listen(state, (event) => events.push(event));
      },
    },
  };
}

async function eventsOf(stream: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe('an exact cache', () => {
  it('answers the second time without a bill, byte for byte, and says what the first one had cost', async () => {
    const client = clientOf([cache({ scope: (call) => callerOf(call.state).tenant })]);
    const request = {
      model: 'openai/sim-mini',
      messages: [user('Why is the sky blue?')],
    } as const;
    const { options } = heard('acme');
    const first = await eventsOf(await client.chat.stream(request, options));
    const paid = bill();
    expect(paid).toHaveLength(1);
    const again = await client.chat.stream(request, options);
    expect(again.meta.cached?.saved).toEqual({
      known: true,
      total: paid[0]?.cost,
      source: 'price',
    });
    expect(JSON.stringify(await eventsOf(again))).toBe(JSON.stringify(first));
    expect((await client.chat(request, options)).meta.cache).toBe('hit');
    expect(bill()).toHaveLength(1);
    await client.chat(request, heard('globex').options);
    expect(bill()).toHaveLength(2);
    await client.close();
  });
});

describe('a semantic cache', () => {
  it('finds what was asked in other words, within a tenant, with what is in other facts left out', async () => {
    const embedding = clientOf([]);
    const client = clientOf([
      semanticCache({
        scope: (call) => callerOf(call.state).tenant,
        embed: clientEmbedder(embedding, { model: 'openai/sim-embed' }),
        threshold: 0.85,
        // A loaded machine is slow; what is asked here is not how fast it is.
        lookupTimeoutMs: 10_000,
      }),
    ]);
    const ask = async (content: string, tenant = 'acme') => {
      const { events, options } = heard(tenant);
      const answer = await client.chat(
        { model: 'openai/sim-mini', messages: [user(content)] },
        options,
      );
      return { ...answer, events };
    };
    const first = await ask('what is the tallest mountain in Wales');
    const [embedded, chatted] = bill();
    expect(bill()).toHaveLength(2);
    expect(first.events).toContainEqual(
      expect.objectContaining({
        type: 'semantic-embed',
        costNanoUsd: embedded?.cost,
        inputTokens: embedded?.usage.inputTokens,
      }),
    );
    const similar = await ask('what is the tallest mountain in Wales please');
    expect(similar.text).toBe(first.text);
    expect(similar.meta.cached).toMatchObject({
      kind: 'semantic',
      saved: { known: true, total: chatted?.cost },
    });
    expect(similar.meta.cached?.similarity).toBeGreaterThan(0.85);
    expect(similar.meta.cached?.similarity).toBeLessThan(1);

    const streamed = await client.chat.stream(
      { model: 'openai/sim-mini', messages: [user('so what is the tallest mountain in Wales')] },
      heard('acme').options,
    );
    expect(streamed.meta.cache).toBe('hit');
    expect(await streamed.text).toBe(first.text);

    const elsewhere = await ask('what is the tallest mountain in Kenya please');
    expect(elsewhere.meta.cache).toBe('miss');
    const foreign = await ask('what is the tallest mountain in Wales', 'globex');
    expect(foreign.meta.cache).toBe('miss');
    const chats = bill().filter(({ model }) => model === 'sim-mini');
    expect(chats).toHaveLength(3);
    await client.close();
    await embedding.close();
  });
});

describe('the providers’ prompt caches', () => {
  const places: Middleware = promptCache({ providers: { anthropic: 'markers', openai: 'key' } });

  it('are read from the second turn on, at a saving that the bill confirms', async () => {
    const turns: Message[] = [{ role: 'system', content: `First. ${long}` }];
    const client = clientOf([places]);
    const told: ChainEvent[] = [];
    for (const question of ['One?', 'Two?', 'Three?']) {
      turns.push(user(question));
      const { events, options } = heard('acme');
      const answer = await client.chat(
        { model: 'anthropic/sim-claude', messages: [...turns] },
        options,
      );
      turns.push(answer.message);
      told.push(...events.filter(({ type }) => type === 'prompt-cache'));
    }
    const entries = bill();
    const price = simulator.prices['sim-claude'];
    for (const [index, event] of told.entries()) {
      const { cacheReadTokens = 0, cacheWriteTokens = 0 } = entries[index]?.usage ?? {};
      expect(event).toMatchObject({
        readTokens: cacheReadTokens,
        writtenTokens: cacheWriteTokens,
        savedNanoUsd:
          (cacheReadTokens * ((price?.input ?? 0) - (price?.cacheRead ?? 0))) / 1_000_000,
      });
    }
    expect(told.map((event) => (event as { markers?: number }).markers)).toEqual([1, 3, 3]);
    expect(entries[0]?.usage.cacheWriteTokens).toBeGreaterThan(1024);
    expect(entries[1]?.usage.cacheReadTokens).toBe(entries[0]?.usage.cacheWriteTokens);
    // The third turn finds all that the second has written, its question included.
    expect(entries[2]?.usage.cacheReadTokens).toBeGreaterThan(
      entries[1]?.usage.cacheReadTokens ?? Infinity,
    );
    await client.close();
  });

  it('get a key where the provider caches by itself', async () => {
    const client = clientOf([places]);
    const messages: Message[] = [{ role: 'system', content: `Second. ${long}` }, user('hi')];
    const keys: unknown[] = [];
    for (const tenant of ['acme', 'acme', 'globex']) {
      await client.chat({ model: 'openai/sim-mini', messages }, heard(tenant).options);
      const body = simulator.requests.toArray().at(-1)?.body as { prompt_cache_key?: string };
      keys.push(body.prompt_cache_key);
    }
    expect(keys[0]).toMatch(/^[\w-]{32}$/u);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    await client.close();
  });
});
