import { createClient, InferwayError, type Message } from '@inferway/core';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT_PROVIDERS, chatProviders, type ChatProvider } from './chat-providers.js';

const simulator: Simulator = createSimulator({ keys: ['simulated', 'hf_simulated'] });
beforeAll(async () => {
  await simulator.listen();
});
afterAll(async () => {
  await simulator.close();
});

const hello: Message = { role: 'user', content: 'Hello, my secret is plum-cake-42.' };

async function failureOf(
  provider: ChatProvider,
  model: string,
  rest: { readonly messages?: readonly Message[]; readonly topP?: number } = {},
): Promise<InferwayError> {
  const client = createClient({ providers: [provider] });
  try {
    const answer = await client.chat({
      model: `${provider.name}/${model}`,
      messages: [hello],
      maxOutputTokens: 50,
      ...rest,
    });
    throw new Error(`It was answered: ${answer.text}`);
  } catch (reason) {
    if (!InferwayError.is(reason)) throw reason;
    return reason;
  } finally {
    await client.close();
  }
}

describe.each(CHAT_PROVIDERS)('%s', (name) => {
  const provider = (): ChatProvider => chatProviders(simulator)[name];

  it('says that a model is unknown, with status, provider and request id', async () => {
    const error = await failureOf(provider(), 'no-such-model');
    expect(error.status).toBeGreaterThanOrEqual(400);
    expect(error).toMatchObject({
      code: 'not_found',
      provider: provider().name,
      model: 'no-such-model',
      retryable: false,
      fallbackable: false,
    });
    expect(error.requestId).toMatch(/\S/u);
    expect(error.message).toMatch(/model/iu);
  });

  it('refuses a setting out of range, naming it', async () => {
    const error = await failureOf(provider(), 'sim-chat', { topP: 9 });
    expect(error).toMatchObject({
      code: 'invalid_request',
      provider: provider().name,
      retryable: false,
    });
    expect(error.status).toBeGreaterThanOrEqual(400);
    expect(error.requestId).toMatch(/\S/u);
    expect(`${error.message} ${error.param}`).toContain('top_p');
  });

  it('refuses an image that is none, and repeats none of it', async () => {
    const data = Buffer.from('this is not a picture at all').toString('base64');
    const error = await failureOf(provider(), 'sim-chat', {
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', image: { type: 'base64', data, mediaType: 'image/png' } }],
        },
      ],
    });
    expect(error).toMatchObject({
      code: 'invalid_request',
      provider: provider().name,
      retryable: false,
    });
    expect(error.status).toBeGreaterThanOrEqual(400);
    expect(error.requestId).toMatch(/\S/u);
    expect(error.message).toMatch(/image/iu);
    expect(error.message).not.toContain(data);
  });
});
