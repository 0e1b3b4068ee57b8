import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';
import { createClient, systemClock } from '@inferway/core';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnthropic } from '../src/index.js';

let server: Loopback;

beforeAll(async () => {
  server = await loopback((_, response) =>
    json(response, 200, {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-6',
      content: [{ type: 'text', text: 'Hi.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 1 },
    }),
  );
});
afterAll(() => server.close());

// The two lines have the same methods.
const lines = [
  ['0.x', Anthropic0 as unknown as typeof Anthropic, '2023-06-01'],
  ['1.x', Anthropic, '2026-10-21'],
] as const;

describe.each(lines)('what the official client sends, line %s', (_line, Client, spoken) => {
  it('is what the adapter sends: path, version, key and body', async () => {
    server.seen.length = 0;
    const official = new Client({ apiKey: 'sk-ant-1', baseURL: server.baseUrl, maxRetries: 0 });
    await official.messages.create({
      model: 'claude-sonnet-4-6',
      max_tokens: 10,
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const [theirs] = server.seen;
    const version = theirs?.headers['anthropic-version'];
    expect(version).toBe(spoken);

    const adapter = createAnthropic({
      apiKey: 'sk-ant-1',
      baseUrl: server.baseUrl,
      version: version as '2023-06-01',
    });
    const client = createClient({ providers: [adapter] });
    await client.chat({
      model: 'anthropic/claude-sonnet-4-6',
      maxOutputTokens: 10,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    });
    await adapter.close?.();
    const ours = server.seen[1];
    expect(ours?.url).toBe(theirs?.url);
    expect(ours?.body).toEqual(theirs?.body);
    for (const name of ['anthropic-version', 'authorization', 'x-api-key', 'content-type']) {
      expect(ours?.headers[name], name).toBe(theirs?.headers[name]);
    }
  });

  it('is what the adapter sends to count tokens and to make a batch, too', async () => {
    server.seen.length = 0;
    const official = new Client({ apiKey: 'sk-ant-1', baseURL: server.baseUrl, maxRetries: 0 });
    const adapter = createAnthropic({
      apiKey: 'sk-ant-1',
      baseUrl: server.baseUrl,
      version: spoken,
    });
    const tool = { name: 'f', input_schema: { type: 'object' as const, properties: {} } };
    const prompt = {
      model: 'claude-sonnet-4-6',
      messages: [{ role: 'user' as const, content: 'Hi' }],
      tools: [tool],
    };
    const request = {
      messages: prompt.messages,
      tools: [{ name: 'f', parameters: tool.input_schema }],
      maxOutputTokens: 10,
    };
    const model = { provider: 'anthropic', id: prompt.model };

    await official.messages.countTokens(prompt);
    const client = createClient({ providers: [adapter] });
    // The server answers with a message to everything.
    await expect(client.countTokens({ model, ...request })).rejects.toMatchObject({
      code: 'protocol',
    });
    await official.messages.batches.create({
      requests: [{ custom_id: 'a', params: { ...prompt, max_tokens: 10 } }],
    });
    await adapter.batch?.create(
      { operation: 'chat', model, items: [{ id: 'a', request }] },
      {
        runtime: { clock: systemClock, traits: () => undefined },
        signal: new AbortController().signal,
      },
    );
    await adapter.close?.();
    const [theirCount, ourCount, theirBatch, ourBatch] = server.seen;
    for (const [theirs, ours] of [
      [theirCount, ourCount],
      [theirBatch, ourBatch],
    ]) {
      expect(ours?.method).toBe(theirs?.method);
      expect(ours?.url).toBe(theirs?.url);
      expect(ours?.body).toEqual(theirs?.body);
      expect(ours?.headers['anthropic-version']).toBe(spoken);
    }
  });
});
