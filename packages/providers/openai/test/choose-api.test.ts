import { createClient, type ChatInput } from '@inferway/core';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOpenAI, type OpenAIApi } from '../src/index.js';

let server: Loopback;

beforeEach(async () => {
  // An answer that both APIs read.
  server = await loopback((_, response) =>
    json(response, 200, {
      id: 'a1',
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', content: 'Hi.' }],
      choices: [{ message: { content: 'Hi.' }, finish_reason: 'stop' }],
    }),
  );
});
afterEach(() => server.close());

const messages: ChatInput['messages'] = [{ role: 'user', content: 'Hi' }];

async function sent(
  model: string,
  request: Partial<ChatInput> = {},
  api?: OpenAIApi,
): Promise<{ path: string; body: Record<string, unknown>; warned: (string | undefined)[] }> {
  const client = createClient({
    providers: [createOpenAI({ apiKey: 'sk-1', baseUrl: server.baseUrl, api })],
  });
  const { text, meta } = await client.chat({ model: `openai/${model}`, messages, ...request });
  expect(text).toBe('Hi.');
  await client.close();
  const seen = server.seen.at(-1);
  return {
    path: seen?.url ?? '',
    body: seen?.body as Record<string, unknown>,
    warned: (meta.warnings ?? []).map(({ setting }) => setting),
  };
}

const RESPONSES = '/responses';
const CHAT = '/chat/completions';
const search = {
  type: 'provider' as const,
  format: 'openai-responses',
  value: { type: 'web_search' },
};

describe('the API that a call takes', () => {
  it.each<[string, Partial<ChatInput>, string]>([
    ['gpt-5', {}, RESPONSES],
    ['o3', { reasoning: 'low' }, RESPONSES],
    ['gpt-6-sol', {}, RESPONSES],
    ['gpt-4.1', {}, CHAT],
    ['gpt-5-chat-latest', {}, CHAT],
    ['computer-use-preview', {}, RESPONSES],
    ['gpt-5-pro', { seed: 1 }, RESPONSES],
    ['gpt-4.1', { tools: [search] }, RESPONSES],
    ['gpt-4.1', { providerOptions: { openai: { previous_response_id: 'resp_1' } } }, RESPONSES],
    [
      'gpt-4.1',
      { passthrough: { format: 'openai-responses', fields: { store: null } } },
      RESPONSES,
    ],
    ['gpt-5', { choices: 2 }, CHAT],
    ['gpt-5', { choices: 1 }, RESPONSES],
    ['gpt-5', { seed: 1 }, CHAT],
    ['gpt-5', { maxOutputTokens: 15 }, CHAT],
    ['gpt-5', { maxOutputTokens: 16 }, RESPONSES],
    ['gpt-5', { stop: ['x'] }, CHAT],
    // Dropped by that model in either API: no reason to change it.
    ['gpt-5', { frequencyPenalty: 1 }, RESPONSES],
    ['gpt-5', { providerOptions: { openai: { logit_bias: { '1': 2 } } } }, CHAT],
    ['gpt-5', { providerOptions: { openai: { api: 'chat-completions' } } }, CHAT],
    ['gpt-4.1', { providerOptions: { openai: { api: 'responses' } } }, RESPONSES],
    [
      'gpt-5',
      {
        messages: [
          {
            role: 'user',
            content: [
              {
                type: 'audio',
                audio: { type: 'base64', data: 'AAAA', mediaType: 'audio/wav' },
              },
            ],
          },
        ],
      },
      CHAT,
    ],
  ])('of %s with %o is %s', async (model, request, path) => {
    expect((await sent(model, request)).path).toBe(path);
  });

  it('is the provider’s setting where it has one, unless a call says otherwise', async () => {
    expect((await sent('gpt-4.1', {}, 'responses')).path).toBe(RESPONSES);
    expect((await sent('gpt-5', {}, 'chat-completions')).path).toBe(CHAT);
    const options = { providerOptions: { openai: { api: 'auto' as const } } };
    expect((await sent('gpt-5', options, 'chat-completions')).path).toBe(RESPONSES);
  });

  it('gets the options in its own words, and tells of those that it has not', async () => {
    const openai = { api: 'responses', verbosity: 'low', logit_bias: { '1': 2 } } as const;
    const responses = await sent('gpt-5', { providerOptions: { openai } });
    expect(responses.body).toMatchObject({ text: { verbosity: 'low' } });
    expect(responses.body).not.toHaveProperty('logit_bias');
    expect(responses.body).not.toHaveProperty('api');
    expect(responses.warned).toEqual(['providerOptions.openai.logit_bias']);
    const other = {
      api: 'chat-completions',
      text: { verbosity: 'high' },
      truncation: 'auto',
    } as const;
    const chat = await sent('gpt-5', { providerOptions: { openai: other } });
    expect(chat.body).toMatchObject({ verbosity: 'high' });
    expect(chat.body).not.toHaveProperty('truncation');
    expect(chat.warned).toEqual(['providerOptions.openai.truncation']);
  });

  it('keeps a schema beside the verbosity, and `include` as one list', async () => {
    const { body } = await sent('gpt-5', {
      output: { type: 'json' },
      providerOptions: {
        openai: { verbosity: 'low', include: ['web_search_call.action.sources'] },
      },
    }).catch((error: unknown) => {
      // The answer is no JSON: what was sent is what counts here.
      expect(error).toMatchObject({ code: 'protocol' });
      return { body: server.seen.at(-1)?.body as Record<string, unknown> };
    });
    expect(body).toMatchObject({
      text: { format: { type: 'json_object' }, verbosity: 'low' },
      include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    });
  });

  it('stores nothing unless that is asked for, and asks for encrypted reasoning where a model reasons', async () => {
    expect((await sent('gpt-5')).body).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
    });
    const plain = await sent('gpt-4.1', {}, 'responses');
    expect(plain.body).toMatchObject({ store: false });
    expect(plain.body).not.toHaveProperty('include');
    const store = await sent('gpt-5', { providerOptions: { openai: { store: true } } });
    expect(store.body).toMatchObject({ store: true });
    for (const openai of [{ background: true }, { previous_response_id: 'resp_1' }]) {
      expect((await sent('gpt-5', { providerOptions: { openai } })).body).not.toHaveProperty(
        'store',
      );
    }
    // A caller of the Responses API who says nothing of it means OpenAI's own default.
    const passthrough = { format: 'openai-responses', fields: { store: null } };
    expect((await sent('gpt-5', { passthrough })).body).not.toHaveProperty('store');
  });

  it('drops what the model does not take, with a warning', async () => {
    const { body, warned } = await sent('gpt-5', {
      temperature: 1,
      topP: 0.5,
      logprobs: 1,
      topK: 3,
    });
    expect(warned.toSorted()).toEqual(['logprobs', 'temperature', 'topK', 'topP']);
    expect(body).not.toHaveProperty('temperature');
    const rests = await sent('gpt-5.4', { temperature: 0.5, reasoning: 'none' });
    expect(rests.body).toMatchObject({ temperature: 0.5, reasoning: { effort: 'none' } });
    expect(rests.warned).toEqual([]);
    const effort = await sent('gpt-5', { reasoning: 'max' });
    expect(effort.body).toMatchObject({ reasoning: { effort: 'high' } });
    expect(effort.warned).toEqual(['reasoning.effort']);
  });
});
