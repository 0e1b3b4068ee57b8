import Anthropic from '@anthropic-ai/sdk';
import { expect, test } from 'vitest';
import { KEY } from '../support/start-gateway.js';
import { startStack } from '../support/start-stack.js';

const tools: Anthropic.Beta.BetaTool[] = [
  {
    name: 'get_weather',
    input_schema: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
];

test.each([false, true])(
  'the beta client’s thinking and calls come back in the next turn as the provider signed them (stream: %s)',
  async (stream) => {
    const { url, simulator, calls } = await startStack();
    const client = new Anthropic({ baseURL: url, apiKey: KEY, maxRetries: 0 });
    const messages: Anthropic.Beta.BetaMessageParam[] = [
      { role: 'user', content: 'Use the tool in parallel for Paris and Rome.' },
    ];
    const request = {
      model: 'anthropic/sim-claude',
      max_tokens: 3_000,
      thinking: { type: 'enabled' as const, budget_tokens: 1_024 },
      betas: ['interleaved-thinking-2025-05-14', 'context-management-2025-06-27'],
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' as const }] },
      tools,
      messages,
    };
    const first = stream
      ? await client.beta.messages.stream(request).finalMessage()
      : await client.beta.messages.create(request);
    const used = first.content.filter((block) => block.type === 'tool_use');
    expect(used.length).toBeGreaterThan(1);
    const second = await client.beta.messages.create({
      ...request,
      messages: [
        ...messages,
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: used.map(({ id }) => ({
            type: 'tool_result' as const,
            tool_use_id: id,
            content: 'Sunny.',
          })),
        },
      ],
    });
    expect(second.stop_reason).toBe('end_turn');
    const sent = calls().at(-1);
    expect(sent?.headers['anthropic-beta']).toBe(request.betas.join(','));
    expect(sent?.body).toMatchObject({ context_management: request.context_management });
    expect(simulator.bill.count).toBe(2);
  },
);

test('betas stay away from providers of another protocol', async () => {
  const { url, calls } = await startStack();
  const client = new Anthropic({ baseURL: url, apiKey: KEY, maxRetries: 0 });
  const { content } = await client.beta.messages.create({
    model: 'plain/sim-chat',
    max_tokens: 100,
    betas: ['interleaved-thinking-2025-05-14'],
    messages: [{ role: 'user', content: 'Write 10 words.' }],
  });
  expect(content[0]?.type).toBe('text');
  expect(calls().at(-1)?.headers).not.toHaveProperty('anthropic-beta');
  expect(calls().at(-1)?.body).not.toHaveProperty('betas');
});
