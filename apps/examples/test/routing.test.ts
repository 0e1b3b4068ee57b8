import { createClient, listen, usd, type ChainEvent, type InferwayError } from '@inferway/core';
import { priceTable, standard } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { cheapest, createRouter, fastest, route, type RouterOptions } from '@inferway/core/routing';
import { createAnthropic } from '@inferway/anthropic';
import { createFireworks } from '@inferway/fireworks';
import { createGroq } from '@inferway/groq';
import { createHuggingFace } from '@inferway/huggingface';
import { createOpenAI } from '@inferway/openai';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { createTgi } from '@inferway/tgi';
import { createTogether } from '@inferway/together';
import { createVllm } from '@inferway/vllm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld } from '../run/world.js';
import { runExample } from './run-example.js';

type Company = 'together' | 'groq' | 'vllm' | 'fireworks';

/** One model at four companies, each with a simulator of its own, a name of its own for the model, and a price of its own in dollars per million. */
const COMPANIES: Readonly<Record<Company, { readonly id: string; readonly dollars: number }>> = {
  together: { id: 'meta-llama/Llama-3.3-70B-Instruct-Turbo', dollars: 0.88 },
  groq: { id: 'llama-3.3-70b-versatile', dollars: 0.59 },
  vllm: { id: 'meta-llama/Llama-3.3-70B-Instruct', dollars: 0.2 },
  fireworks: { id: 'llama-v3p3-70b-instruct', dollars: 0.9 },
};
const NAMES = Object.keys(COMPANIES) as readonly Company[];
const messages = [{ role: 'user', content: 'Why is the sky blue?' }] as const;

let simulators: Record<Company, Simulator>;

beforeEach(async () => {
  const started = await Promise.all(
    NAMES.map(async (name) => {
      const { id, dollars } = COMPANIES[name];
      const prices = { input: usd(dollars), output: usd(dollars) };
      const simulator = createSimulator({ models: [{ id, prices }] });
      await simulator.listen();
      return [name, simulator] as const;
    }),
  );
  simulators = Object.fromEntries(started) as typeof simulators;
});
afterEach(async () => {
  await Promise.all(NAMES.map((name) => simulators[name].close()));
});

function setUp(
  auto: RouterOptions['auto'] = {},
  breaker = circuitBreaker({ minCalls: 1, windowCalls: 2 }),
) {
  const at = (name: Company) => ({ apiKey: 'any', baseUrl: simulators[name].baseUrls[name] });
  const providers = [
    createTogether(at('together')),
    createGroq(at('groq')),
    createVllm(at('vllm')),
    createFireworks(at('fireworks')),
  ] as const;
  const aliases = {
    llama: [
      `together/${COMPANIES.together.id}`,
      `groq/${COMPANIES.groq.id}`,
      `vllm/${COMPANIES.vllm.id}`,
      `fireworks/accounts/fireworks/models/${COMPANIES.fireworks.id}`,
    ],
  };
  // What Together lists, it charges; of the others the user knows the price, except of one.
  const prices = priceTable({
    'groq/*': { input: 0.59, output: 0.59 },
    'vllm/*': { input: 0.2, output: 0.2 },
    'together/*': { input: 0.88, output: 0.88 },
  });
  const router = createRouter({ providers, prices, health: breaker, auto: { aliases, ...auto } });
  const events: ChainEvent[] = [];
  const client = createClient({
    providers,
    middleware: standard({
      route: route(router),
      retry: { attempts: 1 },
      breaker,
      cost: { prices },
    }),
  });
  const state = {
    state: (of: Parameters<typeof listen>[0]) => listen(of, (event) => events.push(event)),
  };
  return { client, router, events, state };
}

const served = (name: Company): number => simulators[name].requests.toArray().length;

describe('auto, over providers with a name of their own for a model each', () => {
  it('finds who serves it, takes the cheapest, and costs what that one bills', async () => {
    const { client, router, state, events } = setUp();
    const { candidates, unasked } = await router.explain('auto/llama', {
      messages,
      maxOutputTokens: 60,
    });
    expect(unasked).toEqual([]);
    expect(candidates.map(({ name }) => name.split('/')[0])).toEqual([
      'vllm',
      'groq',
      'together',
      'fireworks',
    ]);
    expect(candidates.at(-1)).toMatchObject({ score: undefined, why: 'unknown price' });
    const asked = NAMES.map(served);
    const answer = await client.chat({ model: 'auto/llama', messages, maxOutputTokens: 60 }, state);
    expect(answer.meta).toMatchObject({ provider: 'vllm', model: COMPANIES.vllm.id });
    // One chat, and no second look at the listings.
    expect(NAMES.map(served)).toEqual(
      asked.map((count, index) => count + (NAMES[index] === 'vllm' ? 1 : 0)),
    );
    expect(answer.cost).toMatchObject({ known: true, total: simulators.vllm.bill.total() });
    expect(answer.cost?.known === true && answer.cost.total).toBeLessThanOrEqual(
      (candidates[0]?.score ?? 0) * 2,
    );
    expect(events).toContainEqual({
      type: 'route',
      route: 'auto/llama',
      chosen: `vllm/${COMPANIES.vllm.id}`,
      policy: 'cheapest',
      candidates: 4,
      reason: 'policy',
    });
  });

  it('survives the death of the cheapest, in both shapes, and goes around it from then on', async () => {
    const { client, state, events } = setUp();
    await client.chat({ model: 'auto/llama', messages });
    await simulators.vllm.close();
    const answer = await client.chat({ model: 'auto/llama', messages }, state);
    expect(answer.meta.provider).toBe('groq');
    expect(answer.meta.attempts?.map(({ provider, error }) => [provider, error])).toEqual([
      ['vllm', 'connection'],
      ['groq', undefined],
    ]);
    events.length = 0;
    const stream = await client.chat.stream({ model: 'auto/llama', messages }, state);
    expect(await stream.text).toContain('Simulated');
    // Its breaker is open by now: the dead one is behind all others.
    expect(stream.meta.attempts?.map(({ provider }) => provider)).toEqual(['groq']);
    expect(events.filter(({ type }) => type === 'route')).toMatchObject([
      { chosen: `groq/${COMPANIES.groq.id}`, candidates: 4 },
    ]);
  });

  it('loses no call while providers die one after the other, and tells all failures when none is left', async () => {
    const { client } = setUp();
    for (const [dead, next] of [
      ['vllm', 'groq'],
      ['groq', 'together'],
      ['together', 'fireworks'],
    ] as const) {
      await client.chat({ model: 'auto/llama', messages });
      await simulators[dead].close();
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => client.chat({ model: 'auto/llama', messages })),
      );
      expect(new Set(answers.map(({ meta }) => meta.provider))).toEqual(new Set([next]));
    }
    await simulators.fireworks.close();
    const error = await client
      .chat({ model: 'auto/llama', messages })
      .catch((reason: InferwayError) => reason);
    expect(error).toMatchObject({ name: 'InferwayError' });
    expect((error as InferwayError).failures?.length).toBe(4);
  });

  it('a provider that is down from the start is left out and told', async () => {
    await simulators.together.close();
    const { client, router } = setUp({ policy: cheapest(), timeoutMs: 2000 });
    const { unasked, candidates } = await router.explain('auto/llama', { messages });
    expect(unasked.map(({ provider }) => provider)).toEqual(['together']);
    expect(candidates).toHaveLength(3);
    expect((await client.chat({ model: 'auto/llama', messages })).meta.provider).toBe('vllm');
  });

  it('an id that one provider has is found there only, and one that nobody has is told with what is like it', async () => {
    const { client } = setUp();
    const answer = await client.chat({ model: `auto/${COMPANIES.groq.id}`, messages });
    expect(answer.meta.provider).toBe('groq');
    const error = await client
      .chat({ model: 'auto/Llama-3.3-70B', messages })
      .catch((reason: InferwayError) => reason);
    expect(error).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('groq/llama-3.3-70b-versatile'),
    });
  });

  it('measures real streams, and takes the faster one', { timeout: 30_000 }, async () => {
    await simulators.groq.close();
    const slow = createSimulator({
      models: [{ id: COMPANIES.groq.id, prices: { input: 1, output: 1 } }],
      pace: { ttftMs: 1000, perTokenMs: 1 },
    });
    await slow.listen();
    try {
      const providers = [
        createGroq({ apiKey: 'any', baseUrl: slow.baseUrls.groq }),
        createVllm({ baseUrl: simulators.vllm.baseUrls.vllm }),
      ] as const;
      const targets = [`groq/${COMPANIES.groq.id}`, `vllm/${COMPANIES.vllm.id}`];
      // Half of the calls go to what was not measured, so that both are before long.
      const router = createRouter({
        providers,
        routes: { fast: { targets, policy: fastest({ explore: 0.5 }) } },
      });
      const client = createClient({ providers, middleware: [route(router)] });
      const speak = async (): Promise<string> => {
        const stream = await client.chat.stream({
          model: 'route/fast',
          messages,
          maxOutputTokens: 20,
        });
        await stream.text;
        return stream.meta.provider;
      };
      const seen = new Set<string>();
      for (let call = 0; call < 40 && seen.size < 2; call++) seen.add(await speak());
      expect(seen).toEqual(new Set(['groq', 'vllm']));
      for (let call = 0; call < 5; call++) expect(await speak()).toBe('vllm');
    } finally {
      await slow.close();
    }
  });
});

describe('one simulator, all protocols', () => {
  it('auto finds the same id wherever it is listed as such', { timeout: 30_000 }, async () => {
    const simulator = createSimulator();
    await simulator.listen();
    try {
      const { baseUrls } = simulator;
      const key = { apiKey: 'any' };
      const providers = [
        createOpenAI({ ...key, baseUrl: baseUrls.openai }),
        createAnthropic({ ...key, baseUrl: baseUrls.anthropic }),
        createHuggingFace({ apiKey: 'hf_simulated', baseUrl: baseUrls.huggingface }),
        createTogether({ ...key, baseUrl: baseUrls.together }),
        createGroq({ ...key, baseUrl: baseUrls.groq }),
        createVllm({ baseUrl: baseUrls.vllm }),
        createTgi({ baseUrl: baseUrls.tgi }),
      ] as const;
      const router = createRouter({
        providers,
        auto: { aliases: { 'sim-chat': ['huggingface/inferway/sim-chat'] } },
      });
      const client = createClient({ providers, middleware: [route(router)] });
      const { candidates, unasked } = await router.explain('auto/sim-chat', { messages });
      expect(unasked).toEqual([]);
      const found = candidates.map(({ name }) => name.split('/')[0]);
      expect(found).toEqual(
        expect.arrayContaining(['openai', 'anthropic', 'huggingface', 'together', 'groq', 'vllm']),
      );
      // Only Together lists a price that is certain; what the router's own providers charge differs, and one does not say.
      expect(found[0]).toBe('together');
      for (const { name } of candidates) {
        const provider = name.split('/')[0] ?? '';
        const deny = found.filter((other) => other !== provider).map((other) => `${other}/*`);
        const only = createRouter({
          providers,
          auto: { deny, aliases: { 'sim-chat': ['huggingface/inferway/sim-chat'] } },
        });
        const one = createClient({ providers, middleware: [route(only)] });
        expect((await one.chat({ model: 'auto/sim-chat', messages })).meta.provider).toBe(provider);
        expect((await one.chat.stream({ model: 'auto/sim-chat', messages })).meta.provider).toBe(
          provider,
        );
      }
      expect(
        (await client.embed({ model: 'auto/sim-embed', input: 'text' })).embeddings,
      ).toHaveLength(1);
    } finally {
      await simulator.close();
    }
  });
});

describe('the example', () => {
  it(
    'shows who serves the model, takes the cheapest, and goes on where a target fails',
    { timeout: 30_000 },
    async () => {
      const world = await startWorld();
      try {
        const { code, stdout, stderr } = await runExample(world, 'route');
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        const lines = stdout.trim().split('\n');
        expect(lines[0]).toMatch(/^groq\/openai\/gpt-oss-120b: about \$0\.0\d+$/u);
        expect(lines.slice(1, 3)).toEqual([
          'together/openai/gpt-oss-120b: unknown price',
          'not huggingface/openai/gpt-oss-120b: its provider does not list it',
        ]);
        expect(lines[3]).toMatch(/^auto\/gpt-oss: groq answered; \$0\.0\d+$/u);
        expect(lines[4]).toMatch(/^route\/steady: openai overloaded, groq answered; \$0\.0\d+$/u);
        const chats = world.simulator.requests.toArray().filter(({ model }) => model !== undefined);
        expect(chats.map(({ protocol, status }) => [protocol, status])).toEqual([
          ['groq', 200],
          ['openai', 503],
          ['groq', 200],
        ]);
      } finally {
        await world.close();
      }
    },
  );
});
