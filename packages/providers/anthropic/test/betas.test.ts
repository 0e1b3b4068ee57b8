import type { ChatRequest, Message } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import type { AnthropicProviderOptions } from '../src/index.js';
import { served } from './support/served.js';

const model = 'anthropic/claude-opus-4-7';
const user: Message = { role: 'user', content: 'Hello' };

async function headerFor(
  more: Partial<ChatRequest>,
  options: Parameters<typeof served>[1] = {},
): Promise<unknown> {
  const { server, client } = await served(undefined, options);
  await client.send('chat', { messages: [user], ...more }, { model, stream: false });
  expect(server.seen[0]?.body).not.toHaveProperty('betas');
  return server.seen[0]?.headers['anthropic-beta'];
}

const own = (anthropic: AnthropicProviderOptions): Partial<ChatRequest> => ({
  providerOptions: { anthropic },
});

describe('betas', () => {
  it('are sent for every call, for one call, or both', async () => {
    expect(await headerFor({})).toBeUndefined();
    expect(await headerFor({}, { betas: ['a-2026-01-01'] })).toBe('a-2026-01-01');
    expect(await headerFor(own({ betas: ['b-2026-01-01'] }))).toBe('b-2026-01-01');
    const both = { betas: ['a-2026-01-01'], headers: { 'anthropic-beta': 'c-2026-01-01' } };
    expect(await headerFor(own({ betas: ['b-2026-01-01', 'a-2026-01-01'] }), both)).toBe(
      'a-2026-01-01,c-2026-01-01,b-2026-01-01',
    );
    expect(await headerFor({}, both)).toBe('a-2026-01-01,c-2026-01-01');
  });

  it.each<[AnthropicProviderOptions, string]>([
    [{ mcp_servers: [{ name: 'x' }] }, 'mcp-client-2025-11-20'],
    [{ context_management: { edits: [] } }, 'context-management-2025-06-27'],
    [
      { context_management: { edits: [{ type: 'compact_20260112' }] } },
      'context-management-2025-06-27,compact-2026-01-12',
    ],
    [{ compaction: { type: 'x' } }, 'compact-2026-09-04'],
    [{ fallbacks: 'default' }, 'server-side-fallback-2026-07-01'],
    [{ fallbacks: [{ model: 'x' }] }, 'server-side-fallback-2026-06-01'],
    [{ speed: 'fast' }, 'fast-mode-2026-02-01'],
    [{ output_config: { task_budget: { total: 1 } } }, 'task-budgets-2026-03-13'],
    [{ output_format: { type: 'json_schema' } }, 'structured-outputs-2025-11-13'],
    [{ thinking: { display: 'updates' } }, 'thinking-display-updates-2026-08-18'],
    [
      { thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'drop_block' } } },
      'thinking-binding-controls-2026-08-01',
    ],
  ])('of what %j needs are added', async (options, header) => {
    expect(await headerFor(own(options))).toBe(header);
  });

  it('are added for what a caller of the same protocol sent through, and for system messages that are cleared', async () => {
    const passthrough = { format: 'anthropic-messages', fields: { mcp_servers: [{ name: 'x' }] } };
    expect(await headerFor({ passthrough })).toBe('mcp-client-2025-11-20');
    expect(
      await headerFor({ passthrough: { ...passthrough, format: 'openai-chat' } }),
    ).toBeUndefined();
    const system: Message = {
      role: 'system',
      content: 'Now.',
      opaque: { format: 'anthropic-messages', value: { clear_at: 'next_user_turn' } },
    };
    expect(await headerFor({ messages: [user, system] })).toBe(
      'mid-conversation-system-clear-at-2026-08-21',
    );
  });

  it('that a caller of the same protocol named are sent, where they can stand in a header', async () => {
    const fields = { betas: ['b-2026-01-01', 'b\r\nx-api-key: other', 7], speed: 'fast' };
    expect(await headerFor({ passthrough: { format: 'anthropic-messages', fields } })).toBe(
      'b-2026-01-01,fast-mode-2026-02-01',
    );
    expect(await headerFor({ passthrough: { format: 'openai-chat', fields } })).toBeUndefined();
  });

  it('that are given in another version are not added in ours', async () => {
    const options = { mcp_servers: [{ name: 'x' }], betas: ['mcp-client-2026-09-15'] };
    expect(await headerFor(own(options))).toBe('mcp-client-2026-09-15');
  });

  it('are sent where tokens are counted, and never with line breaks', async () => {
    const { server, client } = await served((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"input_tokens":7}');
    });
    const providerOptions = { anthropic: { betas: ['b-2026-01-01'] } };
    const counted = await client.countTokens({ model, messages: [user], providerOptions });
    expect(counted.inputTokens).toBe(7);
    expect(server.seen[0]).toMatchObject({
      url: '/v1/messages/count_tokens',
      headers: { 'anthropic-beta': 'b-2026-01-01' },
    });
    const evil = { anthropic: { betas: ['b\r\nx-api-key: other'] } };
    await expect(
      client.chat({ model, messages: [user], providerOptions: evil }),
    ).rejects.toMatchObject({ code: 'configuration' });
  });
});
