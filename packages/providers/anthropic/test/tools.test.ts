import type { ChatRequest, Tool, ToolResultPart } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { MESSAGE, served, telling } from './support/served.js';

const model = 'anthropic/claude-opus-4-7';
const user = { role: 'user', content: 'Hello' } as const;
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const sent = (server: { seen: { body: unknown }[] }): Record<string, unknown> =>
  server.seen.at(-1)?.body as Record<string, unknown>;

describe('tools', () => {
  it('travel with schema, strictness and what only Anthropic knows of them', async () => {
    const { server, client } = await served();
    await client.chat({
      model,
      messages: [user],
      tools: [
        { name: 'weather', description: 'Weather', parameters: schema },
        { name: 'exact', parameters: schema, strict: true },
        {
          name: 'rare',
          parameters: schema,
          opaque: {
            format: 'anthropic-messages',
            value: {
              defer_loading: true,
              eager_input_streaming: true,
              input_examples: [{ city: 'Rome' }],
              allowed_callers: ['code_execution_20260120'],
            },
          },
        },
      ],
    });
    expect(sent(server)['tools']).toEqual([
      { name: 'weather', description: 'Weather', input_schema: schema },
      { name: 'exact', input_schema: { ...schema, additionalProperties: false }, strict: true },
      {
        name: 'rare',
        input_schema: schema,
        defer_loading: true,
        eager_input_streaming: true,
        input_examples: [{ city: 'Rome' }],
        allowed_callers: ['code_execution_20260120'],
      },
    ]);
  });

  it.each<[ChatRequest['toolChoice'], boolean | undefined, object | undefined]>([
    [undefined, undefined, undefined],
    ['auto', undefined, { type: 'auto' }],
    ['none', undefined, { type: 'none' }],
    ['required', undefined, { type: 'any' }],
    [{ name: 'weather' }, undefined, { type: 'tool', name: 'weather' }],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
    [
      { name: 'weather' },
      true,
      { type: 'tool', name: 'weather', disable_parallel_tool_use: false },
    ],
  ])('choice %j, parallel %j, is %j', async (toolChoice, parallelToolCalls, choice) => {
    const { server, client } = await served();
    const tools = [{ name: 'weather', parameters: schema }];
    await client.chat({ model, messages: [user], tools, toolChoice, parallelToolCalls });
    expect(sent(server)['tool_choice']).toEqual(choice);
  });

  it('are called with the arguments as they were streamed, an empty input included, and keep their caller', async () => {
    const caller = { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' };
    const content = [
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Rome' }, caller },
      { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
    ];
    const { server, client } = await served(
      telling({ ...MESSAGE, content, stop_reason: 'tool_use' }),
    );
    const tools = [{ name: 'weather', parameters: schema }, { name: 'now' }];
    const streamed = await (await client.chat.stream({ model, messages: [user], tools })).result;
    const unary = await client.chat({ model, messages: [user], tools });
    expect(streamed.message).toEqual(unary.message);
    expect(streamed.toolCalls.map(({ id, name, arguments: args }) => [id, name, args])).toEqual([
      ['toolu_1', 'weather', '{"city":"Rome"}'],
      ['toolu_2', 'now', '{}'],
    ]);
    expect(streamed.finishReason).toEqual({ unified: 'tool-calls', raw: 'tool_use' });
    const results: ToolResultPart[] = [
      { type: 'tool-result', id: 'toolu_1', content: 'no such city', isError: true },
      { type: 'tool-result', id: 'toolu_2', content: '12:00' },
    ];
    await client.chat({
      model,
      messages: [user, streamed.message, { role: 'tool', content: results }],
      tools,
    });
    expect(sent(server)['messages']).toEqual([
      user,
      { role: 'assistant', content },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'no such city', is_error: true },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: '12:00' },
        ],
      },
    ]);
  });

  it('answer with text, images, documents and blocks of Anthropic’s own', async () => {
    const { server, client } = await served();
    const reference = { type: 'tool_reference', tool_name: 'weather' };
    await client.chat({
      model,
      messages: [
        user,
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'toolu_1', name: 'look', arguments: '{}' }],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'toolu_1',
              cache: { ttl: '1h' },
              content: [
                { type: 'text', text: 'see' },
                { type: 'image', image: { type: 'base64', data: 'iVBO', mediaType: 'image/png' } },
                { type: 'file', file: { type: 'text', text: 'words' }, name: 'notes' },
                {
                  type: 'provider',
                  format: 'anthropic-messages',
                  kind: 'tool_reference',
                  value: reference,
                },
              ],
            },
          ],
        },
      ],
    });
    const turns = sent(server)['messages'] as { content: unknown[] }[];
    expect(turns[2]?.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'toolu_1',
        cache_control: { type: 'ephemeral', ttl: '1h' },
        content: [
          { type: 'text', text: 'see' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: 'words' },
            title: 'notes',
          },
          reference,
        ],
      },
    ]);
  });
});

const own = (value: Record<string, never> | object): Tool => ({
  type: 'provider',
  format: 'anthropic-messages',
  value: value as never,
});

describe('tools of Anthropic’s own', () => {
  const given = [
    { type: 'web_search_20260318', name: 'web_search', max_uses: 2 },
    { type: 'web_fetch_20260318', name: 'web_fetch' },
    { type: 'code_execution_20260521', name: 'code_execution' },
    { type: 'bash_20250124', name: 'bash' },
    { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' },
    { type: 'memory_20250818', name: 'memory' },
    { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' },
    { type: 'computer_toolset_20260801' },
    { type: 'computer_20251124', name: 'computer', display_width_px: 800, display_height_px: 600 },
    { type: 'advisor_20260301', name: 'advisor', model: 'claude-fable-5-1' },
    { type: 'mcp_toolset', mcp_server_name: 'calendar' },
  ];

  it('travel as they are, with the betas that they need', async () => {
    const { server, client } = await served();
    await client.chat({
      model,
      messages: [user],
      tools: given.map(own),
      providerOptions: {
        anthropic: { mcp_servers: [{ type: 'url', url: 'https://e.test', name: 'calendar' }] },
      },
    });
    expect(sent(server)).toMatchObject({ tools: given, mcp_servers: [{ name: 'calendar' }] });
    expect(String(server.seen[0]?.headers['anthropic-beta']).split(',').sort()).toEqual([
      'advisor-tool-2026-03-01',
      'computer-use-2025-11-24',
      'mcp-client-2025-11-20',
    ]);
  });

  const content = [
    { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'tides' } },
    {
      type: 'web_search_tool_result',
      tool_use_id: 'srv_1',
      content: [
        { type: 'web_search_result', url: 'https://e.test', title: 'T', encrypted_content: 'x' },
      ],
    },
    { type: 'mcp_tool_use', id: 'mcp_1', name: 'list', server_name: 'calendar', input: { day: 1 } },
    { type: 'mcp_tool_result', tool_use_id: 'mcp_1', is_error: false, content: [] },
    {
      type: 'bash_code_execution_tool_result',
      tool_use_id: 'srv_2',
      content: {
        type: 'bash_code_execution_result',
        stdout: '1',
        stderr: '',
        return_code: 0,
        content: [],
      },
    },
    {
      type: 'tool_search_tool_result',
      tool_use_id: 'srv_3',
      content: { type: 'x', tool_references: [] },
    },
    {
      type: 'advisor_tool_result',
      tool_use_id: 'srv_4',
      content: { type: 'advisor_redacted_result', data: 'x' },
    },
    { type: 'container_upload', file_id: 'file_1' },
    { type: 'compaction', content: 'Summary', encrypted_content: 'x' },
    { type: 'something_new_2027', payload: { deep: [1, 2] } },
    { type: 'text', text: 'Done.' },
  ];

  it.each(['unary', 'streamed'])(
    'are answered, %s, in blocks that come back as they were',
    async (shape) => {
      const { server, client } = await served(
        telling({ ...MESSAGE, content, stop_reason: 'pause_turn' }),
      );
      const asked = { model, messages: [user], tools: given.slice(0, 1).map(own) } as const;
      const answer =
        shape === 'unary'
          ? await client.chat(asked)
          : await (
              await client.chat.stream(asked)
            ).result;
      expect(answer.text).toBe('Done.');
      expect(answer.toolCalls).toEqual([]);
      // A turn that the server paused is sent back as it is, to be gone on with.
      expect(answer.finishReason).toEqual({ unified: 'other', raw: 'pause_turn' });
      const message = JSON.parse(JSON.stringify(answer.message)) as typeof answer.message;
      await client.chat({ ...asked, messages: [user, message] });
      expect(sent(server)['messages']).toEqual([user, { role: 'assistant', content }]);
    },
  );

  it('are left out of a request that falls back from another format, with a warning', async () => {
    const { server, client } = await served();
    const { meta } = await client.chat({
      model,
      messages: [user],
      tools: [{ type: 'provider', format: 'openai-responses', value: { type: 'web_search' } }],
    });
    expect(sent(server)).not.toHaveProperty('tools');
    expect(meta.warnings).toMatchObject([{ type: 'unsupported', setting: 'tools[0]' }]);
  });
});
