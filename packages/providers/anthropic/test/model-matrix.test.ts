import { usd, type ChatInput } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { simulated } from './support/simulated.js';

const MODELS = [
  'claude-3-7-sonnet-20250219',
  'claude-opus-4-1-20250805',
  'claude-opus-4-5-20251101',
  'claude-sonnet-4-5-20250929',
  'claude-haiku-4-5',
  'claude-opus-4-6',
  'claude-sonnet-4-6',
  'claude-mythos-preview',
  'claude-opus-4-7',
  'claude-opus-4-8',
  'claude-opus-5',
  'claude-sonnet-5',
  'claude-fable-5',
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-fable-5-2',
  'claude-mythos-5-1',
] as const;

const here = simulated(
  MODELS.map((id) => ({
    id,
    prices: { input: usd(3), output: usd(15) },
    maxOutputTokens: 64_000,
    contextLength: 1_000_000,
  })),
);

const marked = { type: 'text', text: 'x', cache: {} } as const;
const user = { role: 'user', content: 'Use a tool, please.' } as const;
const tools = [{ name: 'look', parameters: { type: 'object', properties: {} } }];

/** What applications ask of whatever model they are pointed to. */
const ASKED: Readonly<Record<string, Partial<ChatInput>>> = {
  nothing: {},
  'an effort': { reasoning: 'high' },
  'the most effort': { reasoning: 'max' },
  'the least effort': { reasoning: 'minimal' },
  'no reasoning': { reasoning: 'none' },
  'a budget': { reasoning: { maxTokens: 4000 } },
  'a budget in a small limit': { reasoning: { maxTokens: 9000 }, maxOutputTokens: 3000 },
  'sampling settings': { temperature: 0.5, topP: 0.9, topK: 40 },
  'sampling settings beside reasoning': { temperature: 0.5, topP: 0.5, reasoning: 'low' },
  'a forced call': { tools, toolChoice: 'required' },
  'a forced call beside reasoning': { tools, toolChoice: { name: 'look' }, reasoning: 'high' },
  'a forced call beside a budget': {
    tools,
    toolChoice: 'required',
    reasoning: { maxTokens: 2000 },
  },
  'an answer to be continued': { messages: [user, { role: 'assistant', content: 'Once' }] },
  'an answer to be continued beside reasoning': {
    messages: [user, { role: 'assistant', content: 'Once' }],
    reasoning: 'low',
  },
  'more output than there is': { maxOutputTokens: 1_000_000 },
  'six cache markers': { messages: [{ role: 'user', content: Array(6).fill(marked) as never }] },
  'cache lifetimes in a wrong order': {
    messages: [
      { role: 'system', content: [marked] },
      { role: 'user', content: [{ ...marked, cache: { ttl: '1h' } }] },
    ],
  },
  'structured output': {
    output: { type: 'json-schema', schema: { type: 'object', properties: {} } },
  },
};

describe.each(['2023-06-01', '2026-10-21'] as const)('version %s', (version) => {
  // The simulator refuses what the API documents as a 400 for each of these models.
  it.each(MODELS)('%s takes whatever is asked, with a warning where it is changed', async (id) => {
    const client = here.client({ version });
    for (const [what, more] of Object.entries(ASKED)) {
      // Told in the prompt only, which the simulated model does not read.
      if (what === 'structured output' && id.startsWith('claude-3')) continue;
      const answer = await client
        .chat({ model: `anthropic/${id}`, messages: [user], ...more })
        .catch(
          (reason: unknown) => expect.unreachable(`${id}, ${what}: ${String(reason)}`) as never,
        );
      expect(answer.finishReason.unified, what).toMatch(/^(?:stop|tool-calls|length)$/u);
      if (what === 'nothing') expect(answer.meta.warnings, what).toBeUndefined();
      if (what === 'six cache markers') {
        expect(answer.meta.warnings, what).toMatchObject([{ setting: 'cache' }]);
      }
    }
  });

  it('warns of what is dropped or changed, once each', async () => {
    const client = here.client({ version });
    const told = async (id: string, what: string): Promise<unknown[]> => {
      const more = ASKED[what] ?? {};
      const { meta } = await client.chat({ model: `anthropic/${id}`, messages: [user], ...more });
      return meta.warnings?.map(({ setting }) => setting) ?? [];
    };
    const old = version === '2023-06-01';
    expect(await told('claude-opus-5-5', 'sampling settings')).toEqual([
      'temperature',
      'topP',
      'topK',
    ]);
    expect(await told('claude-sonnet-4-5-20250929', 'sampling settings')).toEqual(
      old ? ['topP'] : ['temperature', 'topP', 'topK'],
    );
    expect(await told('claude-opus-5-5', 'no reasoning')).toEqual(['reasoning.effort']);
    expect(await told('claude-sonnet-5-5', 'no reasoning')).toEqual([]);
    expect(await told('claude-opus-5-5', 'a budget')).toEqual(['reasoning.maxTokens']);
    expect(await told('claude-opus-5-5', 'a forced call')).toEqual(['toolChoice']);
    expect(await told('claude-opus-5', 'a forced call')).toEqual([]);
    expect(await told('claude-opus-4-6', 'an answer to be continued')).toEqual(['messages']);
    expect(await told('claude-opus-4-7', 'more output than there is')).toEqual(['maxOutputTokens']);
    expect(await told('claude-haiku-5-5', 'structured output')).toEqual([]);
    await expect(told('claude-3-7-sonnet-20250219', 'structured output')).rejects.toThrow(
      /not JSON/u,
    );
    expect(here.simulator.requests.at(-1)).toMatchObject({
      status: 200,
      body: { system: expect.stringContaining('JSON Schema') as string },
    });
  });
});
