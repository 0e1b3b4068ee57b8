import { describe, expect, it } from 'vitest';
import { simulated } from './support/simulated.js';

const here = simulated();
const model = 'anthropic/sim-claude';
const long = 'The history of the harbour is long. '.repeat(300);

describe('the prompt cache', () => {
  it('tells what was written for five minutes and for an hour, and what was read', async () => {
    const client = here.client();
    const ask = (question: string) =>
      client.chat({
        model,
        tools: [
          { name: 'f', parameters: { type: 'object', description: long }, cache: { ttl: '1h' } },
        ],
        messages: [
          {
            role: 'system',
            content: [{ type: 'text', text: `System. ${long}`, cache: { ttl: '1h' } }],
          },
          { role: 'user', content: [{ type: 'text', text: `${question} ${long}`, cache: {} }] },
        ],
      });
    const { usage: first } = await ask('One?');
    const hour = first?.cacheWrite1hTokens ?? 0;
    expect(hour).toBeGreaterThan(4000);
    expect(first?.cacheWriteTokens).toBeGreaterThan(hour + 2000);
    expect(first?.cacheReadTokens).toBe(0);
    expect(first?.inputTokens).toBeGreaterThanOrEqual(first?.cacheWriteTokens ?? Infinity);
    const { usage: second } = await ask('Two?');
    expect(second).toMatchObject({ cacheReadTokens: hour, cacheWrite1hTokens: 0 });
    expect(second?.cacheWriteTokens).toBeGreaterThan(2000);
  });

  it('is marked on results of tools, and by one marker for the whole request', async () => {
    const client = here.client();
    const body = () => here.simulator.requests.at(-1)?.body;
    const call = { type: 'tool-call', id: 'toolu_1', name: 'f', arguments: '{}' } as const;
    await client.chat({
      model,
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: [call] },
        {
          role: 'tool',
          content: [{ type: 'tool-result', id: 'toolu_1', content: long, cache: {} }],
        },
      ],
      tools: [{ name: 'f' }],
      providerOptions: { anthropic: { cache_control: { type: 'ephemeral', ttl: '5m' } } },
    });
    expect(body()).toMatchObject({
      cache_control: { type: 'ephemeral', ttl: '5m' },
      messages: [{}, {}, { content: [{ cache_control: { type: 'ephemeral' } }] }],
    });
  });

  it('is not lost to a fifth marker in a long conversation', async () => {
    const client = here.client();
    const turn = (number: number) =>
      [
        { role: 'user', content: [{ type: 'text', text: `${number} ${long}`, cache: {} }] },
        { role: 'assistant', content: 'Yes.' },
      ] as const;
    const system = {
      role: 'system',
      content: [{ type: 'text', text: `Long conversation. ${long}`, cache: { ttl: '1h' } }],
    } as const;
    const turns = [1, 2, 3, 4, 5].flatMap(turn);
    await client.chat({ model, messages: [system, ...turns.slice(0, -1)] });
    const { usage, meta } = await client.chat({ model, messages: [system, ...turns, turn(6)[0]] });
    expect(meta.warnings).toMatchObject([{ type: 'changed', setting: 'cache' }]);
    // What the turn before has written is found again.
    expect(usage?.cacheReadTokens).toBeGreaterThan(10_000);
  });
});
