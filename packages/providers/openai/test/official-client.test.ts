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
});
