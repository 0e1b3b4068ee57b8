import type { ChatRequest, JsonObject, Message } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { encode, failure, hello, rules } from './anthropic-encoding.js';

describe('Anthropic Messages, a conversation on the wire', () => {
  it('merges neighbours of one role, so that all results of one turn are in one message', () => {
    const { body } = encode({
      messages: [
        hello,
        { role: 'user', content: [{ type: 'text', text: 'again' }] },
        { role: 'assistant', content: 'a' },
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}' },
            { type: 'tool-call', id: 'c2', name: 'f', arguments: '{"a":1}' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', id: 'c1', content: 'one' }] },
        {
          role: 'tool',
          content: [{ type: 'tool-result', id: 'c2', content: 'two', isError: true }],
        },
        { role: 'user', content: 'and now?' },
      ],
    });
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hello' },
          { type: 'text', text: 'again' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'a' },
          { type: 'tool_use', id: 'c1', name: 'f', input: {} },
          { type: 'tool_use', id: 'c2', name: 'f', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: 'one' },
          { type: 'tool_result', tool_use_id: 'c2', content: 'two', is_error: true },
          { type: 'text', text: 'and now?' },
        ],
      },
    ]);
  });

  it('joins system and developer messages that come first, and leaves out blank text', () => {
    const { body } = encode({
      messages: [
        { role: 'system', content: 'One.' },
        { role: 'developer', content: [{ type: 'text', text: 'Two.', cache: {} }] },
        { role: 'system', content: ' ' },
        {
          role: 'user',
          content: [
            { type: 'text', text: '\n' },
            { type: 'text', text: 'x' },
          ],
        },
        { role: 'assistant', content: '' },
        hello,
      ],
    });
    expect(body.system).toEqual([
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.', cache_control: { type: 'ephemeral' } },
    ]);
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'x' },
          { type: 'text', text: 'Hello' },
        ],
      },
    ]);
  });

  const late: Message[] = [
    hello,
    { role: 'system', content: [{ type: 'text', text: 'Rule.' }] },
    { role: 'user', content: 'More' },
    { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }] },
    { role: 'system', content: 'Between.' },
    { role: 'tool', content: [{ type: 'tool-result', id: 'c', content: 'r' }] },
  ];

  it('puts later system messages where the API takes them: after the user’s turn, before the assistant’s', () => {
    const { body, warnings } = encode({ messages: late }, rules({ systemTurns: true }));
    expect((body.messages as JsonObject[]).map(({ role }) => role)).toEqual([
      'user',
      'system',
      'assistant',
      'user',
      'system',
    ]);
    expect(warnings).toEqual([]);
    const misplaced = encode(
      {
        messages: [
          hello,
          { role: 'assistant', content: 'a' },
          { role: 'system', content: 'S' },
          { role: 'assistant', content: 'b' },
        ],
      },
      rules({ systemTurns: true }),
    );
    expect(misplaced.body.system).toBe('S');
    expect(misplaced.warnings).toEqual(['messages']);
  });

  it('moves later system messages to the system prompt, with a warning, for other models', () => {
    const { body, warnings } = encode({ messages: late });
    expect(body.system).toEqual([
      { type: 'text', text: 'Rule.' },
      { type: 'text', text: 'Between.' },
    ]);
    expect(warnings).toEqual(['messages[1]']);
  });

  it('refuses a conversation with nothing to answer', () => {
    const error = failure({ messages: [{ role: 'system', content: 'Only rules.' }] });
    expect(error).toMatchObject({ code: 'invalid_request', param: 'messages' });
  });

  it('keeps an answer to be continued where the model takes it, and drops it with a warning elsewhere', () => {
    const messages: Message[] = [hello, { role: 'assistant', content: 'The answer is ' }];
    expect(encode({ messages }).body.messages).toEqual([
      hello,
      { role: 'assistant', content: 'The answer is' },
    ]);
    const dropped = encode({ messages }, rules({ prefill: false }));
    expect(dropped.body.messages).toEqual([hello]);
    expect(dropped.warnings).toEqual(['messages']);
    const paused: Message = {
      role: 'assistant',
      content: [
        {
          type: 'provider',
          format: 'anthropic-messages',
          kind: 'server_tool_use',
          value: { type: 'server_tool_use' },
        },
      ],
    };
    const resumed = encode({ messages: [hello, paused] }, rules({ prefill: false }));
    expect(resumed.body.messages).toHaveLength(2);
    expect(resumed.warnings).toEqual([]);
  });

  it('sends media in every form, and text files as text', () => {
    const { body } = encode({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', image: { type: 'url', url: 'data:image/png;base64,AAAA' } },
            { type: 'image', image: { type: 'file-id', id: 'file_1' } },
            {
              type: 'file',
              file: { type: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
              name: 'a.pdf',
            },
            {
              type: 'file',
              file: { type: 'base64', mediaType: 'text/csv; charset=utf-8', data: btoa('a,b') },
            },
            { type: 'file', file: { type: 'base64', mediaType: 'image/webp', data: 'UklG' } },
          ],
        },
      ],
    });
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
            title: 'a.pdf',
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'UklG' } },
        ],
      },
    ]);
  });

  it('refuses audio and files that no block can hold, so that another target may take them', () => {
    for (const part of [
      { type: 'audio', audio: { type: 'base64', mediaType: 'audio/wav', data: 'AA' } },
      { type: 'file', file: { type: 'base64', mediaType: 'application/zip', data: 'AA' } },
    ] as const) {
      const error = failure({ messages: [{ role: 'user', content: [part] }] });
      expect(error).toMatchObject({
        code: 'invalid_request',
        fallbackable: true,
        param: 'messages[0].content[0]',
      });
    }
  });

  it('drops reasoning that it did not sign, and parts and tools of other formats, each told once', () => {
    const foreign: Message = {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm', opaque: { format: 'openai-responses', value: 'enc' } },
        { type: 'reasoning', text: 'hm' },
        { type: 'provider', format: 'openai-responses', kind: 'x', value: {} },
        { type: 'text', text: 'a', opaque: { format: 'openai-chat', value: { x: 1 } } },
      ],
    };
    const tools: ChatRequest['tools'] = [
      { type: 'provider', format: 'openai-responses', value: {} },
    ];
    const { body, warnings } = encode({ messages: [hello, foreign, hello, foreign, hello], tools });
    expect((body.messages as JsonObject[])[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'a' }],
    });
    expect(body).not.toHaveProperty('tools');
    expect(warnings).toEqual(['messages[1].content[0]', 'messages[1].content[2]', 'tools[0]']);
    const unsigned = encode(
      { messages: [hello, foreign, hello] },
      { unsignedReasoning: 'thinking' },
    );
    expect(JSON.stringify(unsigned.body)).toContain(
      '{"type":"thinking","thinking":"hm","signature":""}',
    );
  });

  it.each([
    ['no text', '', { input: {} }],
    ['broken JSON', '{"a":', { input: { raw_arguments: '{"a":' } }],
    ['a list', '[1]', { input: { raw_arguments: '[1]' } }],
    [
      'a member named __proto__',
      '{"__proto__":{"a":1}}',
      { input: JSON.parse('{"__proto__":{"a":1}}') },
    ],
  ])('sends the arguments of a call as an object: %s', (_name, args, block) => {
    const { body } = encode({
      messages: [
        hello,
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'functions.f:0', name: 'f', arguments: args }],
        },
      ],
    });
    expect((body.messages as { content: JsonObject[] }[])[1]?.content[0]).toEqual({
      type: 'tool_use',
      id: 'functions_f_0',
      name: 'f',
      ...block,
    });
  });

  it('lets a system turn follow the result of a server’s tool, and a directive without text stand anywhere', () => {
    const result: Message = {
      role: 'assistant',
      content: [
        {
          type: 'provider',
          format: 'anthropic-messages',
          kind: 'web_search_tool_result',
          value: { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
        },
      ],
    };
    const directive: Message = {
      role: 'system',
      content: [],
      opaque: { format: 'anthropic-messages', value: { output_config: { effort: 'low' } } },
    };
    const systemTurns = rules({ systemTurns: true });
    const after = encode(
      { messages: [hello, result, { role: 'system', content: 'S' }] },
      systemTurns,
    );
    expect((after.body.messages as JsonObject[])[2]).toEqual({ role: 'system', content: 'S' });
    const anywhere = encode(
      {
        messages: [
          hello,
          { role: 'assistant', content: 'a' },
          directive,
          { role: 'assistant', content: 'b' },
          hello,
        ],
      },
      systemTurns,
    );
    expect((anywhere.body.messages as JsonObject[])[2]).toEqual({
      role: 'system',
      content: [],
      output_config: { effort: 'low' },
    });
    expect([...after.warnings, ...anywhere.warnings]).toEqual([]);
    expect(encode({ messages: [hello, directive] }).warnings).toEqual(['messages[1]']);
  });

  it('keeps turns apart that have fields of their own', () => {
    const opaque = { format: 'anthropic-messages', value: { mark: 1 } };
    const { body } = encode({ messages: [{ role: 'user', content: 'x', opaque }, hello] });
    expect(body.messages).toEqual([{ role: 'user', content: 'x', mark: 1 }, hello]);
  });

  it('says what the canonical form says where a kept field says otherwise', () => {
    const opaque = {
      format: 'anthropic-messages',
      value: { text: 'kept', input: {}, new_field: 1 },
    };
    const { body } = encode({
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'redacted', opaque }] },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{"a":1}', opaque }],
        },
        hello,
      ],
    });
    const [user, assistant] = body.messages as { content: JsonObject[] }[];
    expect(user?.content).toMatchObject([{ type: 'text', text: 'redacted', new_field: 1 }]);
    expect(assistant?.content).toMatchObject([{ input: { a: 1 }, new_field: 1 }]);
  });
});
