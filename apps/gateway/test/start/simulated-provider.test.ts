import { createClient } from '@inferway/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { simulatedProvider } from '../../src/start/simulated-provider.js';
import { startSimulator, type RunningSimulator } from '../../src/start/simulator.js';

let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const messages = [{ role: 'user', content: 'Use the weather tool for Paris.' }] as const;
const tools = [
  {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];

test('a simulated Claude thinks, signs it, and takes it back with a tool’s result', async () => {
  const client = createClient({ providers: [simulatedProvider(simulator)] });
  const settings = {
    model: 'simulator/sim-claude',
    tools,
    reasoning: { maxTokens: 1024 },
    maxOutputTokens: 4000,
  } as const;
  const asked = await client.chat({ ...settings, messages });
  const thought = asked.message.content.find((part) => part.type === 'reasoning');
  expect(thought?.opaque?.format).toBe('anthropic-messages');
  expect(asked.meta).toMatchObject({ provider: 'simulator', model: 'sim-claude' });
  const answered = await client.chat({
    ...settings,
    messages: [
      ...messages,
      asked.message,
      {
        role: 'tool',
        content: asked.toolCalls.map(({ id }) => ({ type: 'tool-result', id, content: 'sunny' })),
      },
    ],
  });
  expect(answered.text).toContain('sunny');
  await client.close();
});

test('other simulated models, a Claude-like name among them, are reached as OpenAI’s are', async () => {
  const client = createClient({ providers: [simulatedProvider(simulator)] });
  const answer = await client.chat({ model: 'simulator/sim-chat', messages });
  expect(answer.id).toMatch(/^chatcmpl-/u);
  await expect(client.chat({ model: 'simulator/sim-claude-2', messages })).rejects.toMatchObject({
    code: 'not_found',
    provider: 'simulator',
  });
  await client.close();
});
