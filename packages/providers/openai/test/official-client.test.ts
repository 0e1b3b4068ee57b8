import { createClient } from '@inferway/core';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenAI } from '../src/index.js';

let server: Loopback;

beforeAll(async () => {
  server = await loopback((_, response) =>
    json(response, 200, {
      id: 'c1',
      model: 'gpt-5',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' },
      ],
      output: [{ type: 'message', role: 'assistant', content: 'Hi.' }],
      status: 'completed',
      data: [{ index: 0, embedding: [1] }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    }),
  );
});
afterAll(() => server.close());

describe('what the official client sends', () => {
  it('is what the adapter sends: paths, key, organization, project and bodies', async () => {
    const official = new OpenAI({
      apiKey: 'sk-1',
      organization: 'org-1',
      project: 'proj-1',
      baseURL: server.baseUrl,
      maxRetries: 0,
    });
    await official.chat.completions.create({
      model: 'gpt-5',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      max_completion_tokens: 10,
      reasoning_effort: 'low',
      tools: [
        {
          type: 'function',
          function: { name: 'look', parameters: { type: 'object', properties: {} } },
        },
      ],
    });
    await official.embeddings.create({ model: 'e', input: ['a', 'b'], encoding_format: 'float' });

    const adapter = createOpenAI({
      apiKey: 'sk-1',
      organization: 'org-1',
      project: 'proj-1',
      baseUrl: server.baseUrl,
      api: 'chat-completions',
    });
    const client = createClient({ providers: [adapter] });
    await client.chat({
      model: 'openai/gpt-5',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      maxOutputTokens: 10,
      reasoning: 'low',
      tools: [{ name: 'look', parameters: { type: 'object', properties: {} } }],
    });
    await client.embed({ model: 'openai/e', input: ['a', 'b'], encoding: 'float' });
    await client.close();

    const [theirChat, theirEmbedding, ourChat, ourEmbedding] = server.seen;
    for (const [ours, theirs] of [
      [ourChat, theirChat],
      [ourEmbedding, theirEmbedding],
    ]) {
      expect(ours?.url).toBe(theirs?.url);
      expect(ours?.body).toEqual(theirs?.body);
      for (const name of [
        'authorization',
        'openai-organization',
        'openai-project',
        'content-type',
      ]) {
        expect(ours?.headers[name], name).toBe(theirs?.headers[name]);
      }
    }
  });

  it('is what the adapter sends as a response’s creation', async () => {
    const official = new OpenAI({ apiKey: 'sk-1', baseURL: server.baseUrl, maxRetries: 0 });
    const parameters = { type: 'object', properties: {} };
    const reasoning = {
      id: 'rs_1',
      type: 'reasoning' as const,
      summary: [{ type: 'summary_text' as const, text: 'Look there.' }],
      encrypted_content: 'gAAAA',
    };
    const call = { call_id: 'call_1', name: 'look', arguments: '{}' };
    await official.responses.create({
      model: 'gpt-5',
      input: [
        { type: 'message', role: 'developer', content: 'Be brief.' },
        { type: 'message', role: 'user', content: 'Hi' },
        reasoning,
        { type: 'function_call', id: 'fc_1', ...call },
        { type: 'function_call_output', call_id: 'call_1', output: 'A wall.' },
      ],
      tools: [{ type: 'function', name: 'look', parameters, strict: false }],
      max_output_tokens: 100,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { verbosity: 'low' },
      include: ['reasoning.encrypted_content'],
      store: false,
    });
    const adapter = createOpenAI({ apiKey: 'sk-1', baseUrl: server.baseUrl });
    const client = createClient({ providers: [adapter] });
    const own = (value: object) => ({ format: 'openai-responses', value: { ...value } });
    const { id, encrypted_content: encrypted } = reasoning;
    await client.chat({
      model: 'openai/gpt-5',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'Look there.',
              opaque: own({ id, encrypted_content: encrypted }),
            },
            {
              type: 'tool-call',
              id: 'call_1',
              name: 'look',
              arguments: '{}',
              opaque: own({ id: 'fc_1' }),
            },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', id: 'call_1', content: 'A wall.' }] },
      ],
      maxOutputTokens: 100,
      reasoning: 'low',
      tools: [{ name: 'look', parameters }],
      providerOptions: { openai: { verbosity: 'low', reasoning: { summary: 'auto' } } },
    });
    await client.close();
    const [theirs, ours] = server.seen.slice(-2);
    expect(ours?.url).toBe('/responses');
    expect(ours?.url).toBe(theirs?.url);
    expect(ours?.body).toEqual(theirs?.body);
  });
});
