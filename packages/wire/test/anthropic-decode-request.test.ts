import { InferwayError, type JsonObject } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { anthropicMessages, openaiChat } from '../src/index.js';
import { target } from './anthropic-support.js';

const hello: JsonObject = { role: 'user', content: 'Hello' };
const base: JsonObject = { model: 'm', max_tokens: 10, messages: [hello] };

function refusal(body: unknown): InferwayError {
  try {
    anthropicMessages.decodeRequest(body);
  } catch (reason) {
    return InferwayError.from(reason);
  }
  throw new Error('nothing was refused');
}

function inUser(block: unknown): JsonObject {
  return { ...base, messages: [{ role: 'user', content: [block as JsonObject] }] };
}

function inAssistant(block: unknown): JsonObject {
  return { ...base, messages: [hello, { role: 'assistant', content: [block as JsonObject] }] };
}

function nested(levels: number): JsonObject {
  let value: JsonObject = {};
  for (let i = 0; i < levels; i++) value = { a: value };
  return value;
}

describe('Anthropic Messages, a caller’s request', () => {
  it.each<[string, unknown, string | undefined]>([
    ['no object', 'text', undefined],
    ['no model', { ...base, model: undefined }, 'model'],
    ['an empty model', { ...base, model: '' }, 'model'],
    ['no max_tokens', { ...base, max_tokens: undefined }, 'max_tokens'],
    ['a negative max_tokens', { ...base, max_tokens: -1 }, 'max_tokens'],
    ['half a token', { ...base, max_tokens: 1.5 }, 'max_tokens'],
    ['max_tokens as text', { ...base, max_tokens: '10' }, 'max_tokens'],
    ['no messages', { ...base, messages: undefined }, 'messages'],
    ['an empty list of messages', { ...base, messages: [] }, 'messages'],
    ['a message that is text', { ...base, messages: ['hi'] }, 'messages[0]'],
    [
      'an unknown role',
      { ...base, messages: [{ role: 'tool', content: 'x' }] },
      'messages[0].role',
    ],
    [
      'content that is a number',
      { ...base, messages: [{ role: 'user', content: 1 }] },
      'messages[0].content',
    ],
    ['no content', { ...base, messages: [{ role: 'user' }] }, 'messages[0].content'],
    [
      'an empty list of blocks',
      { ...base, messages: [{ role: 'user', content: [] }] },
      'messages[0].content',
    ],
    ['a block without a type', inUser({ text: 'x' }), 'messages[0].content[0].type'],
    ['a text block without text', inUser({ type: 'text' }), 'messages[0].content[0].text'],
    [
      'a tool result without an id',
      inUser({ type: 'tool_result' }),
      'messages[0].content[0].tool_use_id',
    ],
    [
      'a tool result with an empty id',
      inUser({ type: 'tool_result', tool_use_id: '' }),
      'messages[0].content[0].tool_use_id',
    ],
    [
      'is_error as text',
      inUser({ type: 'tool_result', tool_use_id: 'a', is_error: 'no' }),
      'messages[0].content[0].is_error',
    ],
    [
      'a call in a user’s message',
      inUser({ type: 'tool_use', id: 'a', name: 'f', input: {} }),
      'messages[0].content[0].type',
    ],
    [
      'thinking in a user’s message',
      inUser({ type: 'thinking', thinking: '' }),
      'messages[0].content[0].type',
    ],
    ['an image without a source', inUser({ type: 'image' }), 'messages[0].content[0].source'],
    [
      'an image from nowhere',
      inUser({ type: 'image', source: { type: 'path' } }),
      'messages[0].content[0].source.type',
    ],
    [
      'an image without its type',
      inUser({ type: 'image', source: { type: 'base64', data: 'AA' } }),
      'messages[0].content[0].source.media_type',
    ],
    [
      'a cache of another kind',
      inUser({ type: 'text', text: 'x', cache_control: { type: 'forever' } }),
      'messages[0].content[0].cache_control.type',
    ],
    [
      'a cache of two hours',
      inUser({ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '2h' } }),
      'messages[0].content[0].cache_control.ttl',
    ],
    [
      'a result in an answer',
      inAssistant({ type: 'tool_result', tool_use_id: 'a' }),
      'messages[1].content[0].type',
    ],
    [
      'a call without a name',
      inAssistant({ type: 'tool_use', id: 'a', input: {} }),
      'messages[1].content[0].name',
    ],
    [
      'a call whose input is text',
      inAssistant({ type: 'tool_use', id: 'a', name: 'f', input: '{}' }),
      'messages[1].content[0].input',
    ],
    [
      'a system prompt of images',
      { ...base, system: [{ type: 'image', source: {} }] },
      'system[0].type',
    ],
    ['a tool without a schema', { ...base, tools: [{ name: 'f' }] }, 'tools[0].input_schema'],
    ['a tool without a name', { ...base, tools: [{ input_schema: {} }] }, 'tools[0].name'],
    ['an unknown tool choice', { ...base, tool_choice: { type: 'maybe' } }, 'tool_choice.type'],
    ['the choice of no tool', { ...base, tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [
      'thinking without a budget',
      { ...base, thinking: { type: 'enabled' } },
      'thinking.budget_tokens',
    ],
    [
      'thinking with too little',
      { ...base, thinking: { type: 'enabled', budget_tokens: 9 } },
      'thinking.budget_tokens',
    ],
    ['a temperature of 2', { ...base, temperature: 2 }, 'temperature'],
    ['a top_p of 2', { ...base, top_p: 2 }, 'top_p'],
    ['half a top_k', { ...base, top_k: 0.5 }, 'top_k'],
    ['stop sequences that are none', { ...base, stop_sequences: 'x' }, 'stop_sequences'],
    ['stream as text', { ...base, stream: 'yes' }, 'stream'],
    ['a user id that is a number', { ...base, metadata: { user_id: 1 } }, 'metadata.user_id'],
    [
      'an output format of another kind',
      { ...base, output_config: { format: { type: 'xml' } } },
      'output_config.format.type',
    ],
    [
      'an output format without a schema',
      { ...base, output_config: { format: { type: 'json_schema' } } },
      'output_config.format.schema',
    ],
    [
      'a schema 100 levels deep',
      { ...base, tools: [{ name: 'f', input_schema: nested(100) }] },
      'tools',
    ],
  ])('is refused with the path of the field: %s', (_name, body, param) => {
    const error = refusal(body);
    expect(error.code).toBe('invalid_request');
    expect(error.param).toBe(param);
    expect(anthropicMessages.encodeError(error, 'req_1')).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: error.message },
      request_id: 'req_1',
    });
  });

  it('takes null as absent, and max_tokens 0, which only fills the cache', () => {
    const { request, stream } = anthropicMessages.decodeRequest({
      ...base,
      max_tokens: 0,
      system: null,
      stream: null,
      temperature: null,
      thinking: null,
      output_config: { effort: null, format: null },
      tools: null,
      speed: null,
      metadata: { user_id: null },
    });
    expect(request).toEqual({ messages: [hello], maxOutputTokens: 0 });
    expect(stream).toBe(false);
  });

  it('keeps for a target of the same format whatever it has no name for, wherever it stands', () => {
    const body: JsonObject = {
      model: 'claude-x',
      max_tokens: 5000,
      system: [
        { type: 'text', text: 'S', cache_control: { type: 'ephemeral', ttl: '1h' }, new_field: 1 },
      ],
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image',
              source: { type: 'url', url: 'https://e.x/i.png' },
              transformations: { oversized_image: 'error' },
            },
            {
              type: 'document',
              source: { type: 'content', content: [{ type: 'text', text: 'd' }] },
              citations: { enabled: true },
            },
            {
              type: 'document',
              source: { type: 'text', media_type: 'text/plain', data: 'd' },
              context: 'c',
              title: 't',
              citations: { enabled: true },
            },
            {
              type: 'search_result',
              source: 's',
              title: 't',
              content: [{ type: 'text', text: 'r' }],
            },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 's' },
            { type: 'redacted_thinking', data: 'd' },
            {
              type: 'tool_use',
              id: 'toolu_1',
              name: 'f',
              input: { a: 1 },
              caller: { type: 'direct' },
            },
            { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [
                { type: 'tool_reference', tool_name: 'g' },
                { type: 'text', text: 'r' },
              ],
              is_error: false,
              toolset_name: 'browser',
              cache_control: { type: 'ephemeral' },
            },
          ],
        },
        { role: 'system', content: 'From now on.', clear_at: { type: 'x' } },
      ],
      tools: [
        {
          name: 'f',
          description: 'd',
          input_schema: { type: 'object' },
          defer_loading: true,
          cache_control: { type: 'ephemeral', ttl: '1h' },
        },
        { type: 'web_search_20260318', name: 'web_search', max_uses: 2 },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high', task_budget: { total: 30_000 } },
      stop_sequences: ['END'],
      metadata: { user_id: 'u', more: { x: null } },
      service_tier: 'standard_only',
      cache_control: { type: 'ephemeral' },
      mcp_servers: [{ type: 'url', url: 'https://e.x', name: 'n' }],
      context_management: { edits: [{ type: 'clear_tool_uses_20250919', keep: null }] },
    };
    const { request } = anthropicMessages.decodeRequest(body);
    const to = target({ dialect: { model: () => ({ systemTurns: true }) } });
    expect(JSON.parse(JSON.stringify(anthropicMessages.encodeRequest(request, to)))).toEqual(body);
    expect(to.warnings).toEqual([]);
  });

  it.each([
    [{ thinking: { type: 'between_tools' } }, {}],
    [{ thinking: { type: 'a_new_type', x: 1 } }, {}],
    [{ output_config: { effort: 'low' } }, { effort: 'low' }],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } }, { effort: 'none' }],
    [
      { thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' } },
      { maxTokens: 2000 },
    ],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'a_new_effort' } }, {}],
  ])('reads %j as portable reasoning, and writes it again as it was', (fields, reasoning) => {
    const body = { ...base, max_tokens: 5000, ...fields };
    const { request } = anthropicMessages.decodeRequest(body);
    expect(request.reasoning).toEqual(reasoning);
    const to = target({ model: 'm' });
    expect(anthropicMessages.encodeRequest(request, to)).toEqual(body);
    expect(to.warnings).toEqual([]);
  });

  it('tells another format nothing of a "thinking" that the caller did not write', () => {
    const body = { ...base, output_config: { effort: 'low' } };
    const warnings: string[] = [];
    const chat = openaiChat.encodeRequest(anthropicMessages.decodeRequest(body).request, {
      model: 'm',
      stream: false,
      provider: 'p',
      warn: ({ message }) => warnings.push(message),
    });
    expect(chat.reasoning_effort).toBe('low');
    expect(warnings).toEqual([]);
  });

  it('takes the beta’s output_format as structured output', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    const { request } = anthropicMessages.decodeRequest({ ...base, output_format: format });
    expect(request.output).toEqual({ type: 'json-schema', schema: { type: 'object' } });
    expect(request.passthrough).toBeUndefined();
  });

  it('splits results from what the user says beside them, in their order', () => {
    const result = (id: string): JsonObject => ({
      type: 'tool_result',
      tool_use_id: id,
      content: id,
    });
    const text = { type: 'text', text: 'x' };
    const { request } = anthropicMessages.decodeRequest({
      ...base,
      messages: [
        { role: 'user', content: [result('a'), result('b'), text, text, result('c'), text] },
      ],
    });
    expect(request.messages.map(({ role, content }) => [role, content.length])).toEqual([
      ['tool', 2],
      ['user', 2],
      ['tool', 1],
      ['user', 1],
    ]);
  });

  it('finds the opaque value of another format in a signature, and takes an empty one for none', () => {
    const opaque = { format: 'openai-responses', value: { encrypted_content: '✓"' } };
    const message = {
      message: {
        role: 'assistant' as const,
        content: [{ type: 'reasoning' as const, text: 'hm', opaque }],
      },
      finishReason: { unified: 'stop' as const },
    };
    const { content } = anthropicMessages.encodeResponse(
      { result: message },
      { id: '', model: '', created: 0 },
    );
    const body = {
      ...base,
      messages: [hello, { role: 'assistant', content: JSON.parse(JSON.stringify(content)) }],
    };
    expect(anthropicMessages.decodeRequest(body).request.messages[1]).toEqual(message.message);
    const unsigned = inAssistant({ type: 'thinking', thinking: 'hm', signature: '' });
    expect(anthropicMessages.decodeRequest(unsigned).request.messages[1]?.content).toEqual([
      { type: 'reasoning', text: 'hm' },
    ]);
  });
});
