import { createClient, type Client, type Message, type Tool } from '@inferway/core';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReplicate } from '@inferway/replicate';
import { createTgi } from '@inferway/tgi';
import { CHAT_PROVIDERS, chatProviders, type ChatProvider } from './chat-providers.js';

const simulator: Simulator = createSimulator();
// Another seed is another's keys: what the first one signed or encrypted is refused here.
const stranger: Simulator = createSimulator({ seed: 2 });
beforeAll(async () => {
  await Promise.all([simulator.listen(), stranger.listen()]);
});
afterAll(async () => {
  await Promise.all([simulator.close(), stranger.close()]);
});

const tools: readonly Tool[] = [
  {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
];
const question: Message = {
  role: 'user',
  content: 'Use the tools: call get_weather for two cities at once.',
};
function clientOf(provider: ChatProvider): Client<ChatProvider> {
  return createClient({ providers: [provider] });
}

describe.each(CHAT_PROVIDERS)('a message with reasoning and tool calls of %s', (producer) => {
  let conversation: Message[];

  it.each([false, true])('has both, and an id for each call (streamed: %s)', async (streamed) => {
    const provider = chatProviders(simulator)[producer];
    const request = {
      model: `${provider.name}/sim-reasoner` as const,
      messages: [question],
      tools,
      reasoning: 'medium',
      maxOutputTokens: 4000,
    } as const;
    const client = clientOf(provider);
    const answer = streamed
      ? await (
          await client.chat.stream(request)
        ).result
      : await client.chat(request);
    await client.close();
    const kinds = (answer.message.content as readonly { type: string }[]).map(({ type }) => type);
    expect(kinds).toContain('reasoning');
    expect(answer.toolCalls.length).toBeGreaterThan(1);
    expect(new Set(answer.toolCalls.map(({ id }) => id)).size).toBe(answer.toolCalls.length);
    conversation = [
      question,
      answer.message,
      {
        role: 'tool',
        content: answer.toolCalls.map(({ id, name }) => ({
          type: 'tool-result',
          id,
          name,
          content: '{"celsius":21}',
        })),
      },
    ];
  });

  it.each(CHAT_PROVIDERS)('is taken as it is by %s', async (consumer) => {
    const own = consumer.split(' ')[0] === producer.split(' ')[0];
    const provider = chatProviders(own ? simulator : stranger)[consumer];
    const client = clientOf(provider);
    const answer = await client.chat({
      model: `${provider.name}/sim-reasoner`,
      // As a program that kept it in a file or database would.
      messages: JSON.parse(JSON.stringify(conversation)) as Message[],
      tools,
      reasoning: 'medium',
      maxOutputTokens: 4000,
    });
    await client.close();
    expect(answer.text).not.toBe('');
    expect(answer.toolCalls).toEqual([]);
    expect(answer.finishReason.unified).toBe('stop');
  });

  it('is taken as it is by replicate, whose models read prompts', async () => {
    const client = createClient({
      providers: [createReplicate({ apiKey: 'simulated', baseUrl: simulator.baseUrls.replicate })],
    });
    const answer = await client.chat({
      model: 'replicate/inferway/sim-chat',
      messages: JSON.parse(JSON.stringify(conversation)) as Message[],
      tools,
      reasoning: 'medium',
    });
    await client.close();
    expect(answer.text).not.toBe('');
    // Told, not silent: its models have no tools.
    expect(answer.meta.warnings?.map(({ setting }) => setting)).toContain('tools');
  });

  it('is taken as it is by tgi, whose chats show no reasoning', async () => {
    const client = createClient({ providers: [createTgi({ baseUrl: simulator.baseUrls.tgi })] });
    const answer = await client.chat({
      model: 'tgi/sim-chat',
      messages: JSON.parse(JSON.stringify(conversation)) as Message[],
      tools,
      reasoning: 'medium',
    });
    await client.close();
    expect(answer.text).not.toBe('');
    expect(answer.meta.warnings?.map(({ setting }) => setting)).toContain('reasoning');
  });
});
