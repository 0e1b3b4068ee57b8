import Anthropic from '@anthropic-ai/sdk';
import { createClient } from '@inferway/core';
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

describe('what the official client sends', () => {
  it('is what the adapter sends: path, version, key and body', async () => {
    const official = new Anthropic({ apiKey: 'sk-ant-1', baseURL: server.baseUrl, maxRetries: 0 });
    await official.messages.create({
      model: 'claude-sonnet-4-6',
      max_tokens: 10,
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const [theirs] = server.seen;
    const version = theirs?.headers['anthropic-version'];
    expect(['2023-06-01', '2026-10-21']).toContain(version);

    const adapter = createAnthropic({
      apiKey: 'sk-ant-1',
      baseUrl: server.baseUrl,
      version: version as '2023-06-01',
    });
    await createClient({ providers: [adapter] }).chat({
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
});
