import { describe, expect, it } from 'vitest';
import { openaiChat } from '../src/index.js';
import { refusal } from './refusal.js';

const user = { role: 'user', content: 'Hi' };
const decode = (fields: object): ReturnType<typeof openaiChat.decodeRequest> =>
  openaiChat.decodeRequest({ model: 'm', messages: [user], ...fields });
const messagesOf = (...messages: object[]): unknown => decode({ messages }).request.messages;

describe('A request for Chat Completions', () => {
  it.each<[string, object, string | undefined]>([
    ['no model', { model: undefined }, 'model'],
    ['an empty model', { model: '' }, 'model'],
    ['no messages', { messages: undefined }, 'messages'],
    ['empty messages', { messages: [] }, 'messages'],
    ['messages that are a text', { messages: 'Hi' }, 'messages'],
    ['a message that is a text', { messages: [user, 'Hi'] }, 'messages[1]'],
    ['no role', { messages: [{ content: 'Hi' }] }, 'messages[0].role'],
    ['an unknown role', { messages: [{ role: 'human', content: 'Hi' }] }, 'messages[0].role'],
    ['no content', { messages: [{ role: 'user' }] }, 'messages[0].content'],
    ['a number as content', { messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [
      'an unknown part',
      { messages: [user, user, { role: 'user', content: [{ type: 'txt', text: 'Hi' }] }] },
      'messages[2].content[0].type',
    ],
    [
      'an image in a system message',
      { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: 'x' }] }] },
      'messages[0].content[0].type',
    ],
    [
      'a text part without text',
      { messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      'messages[0].content[0].text',
    ],
    [
      'an unknown detail',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'x', detail: 'huge' } }],
          },
        ],
      },
      'messages[0].content[0].image_url.detail',
    ],
    [
      'a file without a file',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { filename: 'a' } }] }] },
      'messages[0].content[0].file.file_data',
    ],
    [
      'a result without its call',
      { messages: [{ role: 'tool', content: 'x' }] },
      'messages[0].tool_call_id',
    ],
    [
      'a result with an empty id',
      { messages: [{ role: 'tool', tool_call_id: '', content: 'x' }] },
      'messages[0].tool_call_id',
    ],
    [
      'a function’s answer to no call',
      { messages: [{ role: 'function', name: 'f', content: 'x' }] },
      'messages[0].name',
    ],
    [
      'a call without an id',
      { messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }] },
      'messages[0].tool_calls[0].id',
    ],
    [
      'a call of no function',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'web' }] }] },
      'messages[0].tool_calls[0].type',
    ],
    [
      'reasoning details that are no list',
      { messages: [{ role: 'assistant', content: 'x', reasoning_details: 'y' }] },
      'messages[0].reasoning_details',
    ],
    [
      'a wrong cache marker',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'text', text: 'x', cache_control: { type: 'forever' } }],
          },
        ],
      },
      'messages[0].content[0].cache_control.type',
    ],
    ['a temperature out of range', { temperature: 2.1 }, 'temperature'],
    ['a text as temperature', { temperature: '1' }, 'temperature'],
    ['an infinite number', { temperature: JSON.parse('1e400') as number }, 'temperature'],
    ['an infinite number deep in an unknown field', { x: { y: [JSON.parse('-1e400')] } }, 'x.y[0]'],
    ['top_p over 1', { top_p: 1.5 }, 'top_p'],
    ['a penalty out of range', { presence_penalty: -3 }, 'presence_penalty'],
    ['negative max_tokens', { max_tokens: -1 }, 'max_tokens'],
    ['a broken max_completion_tokens', { max_completion_tokens: 1.5 }, 'max_completion_tokens'],
    ['n over its bound', { n: 1000 }, 'n'],
    ['n of 0', { n: 0 }, 'n'],
    ['a seed beyond what is exact', { seed: 2 ** 60 }, 'seed'],
    ['a number as stop', { stop: 5 }, 'stop'],
    ['a number among the stops', { stop: ['a', 5] }, 'stop[1]'],
    ['top_logprobs alone', { top_logprobs: 3 }, 'top_logprobs'],
    ['too many top_logprobs', { logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
    ['a text as stream', { stream: 'yes' }, 'stream'],
    ['a text as stream_options', { stream_options: 'x' }, 'stream_options'],
    ['an unknown effort', { reasoning_effort: 'extreme' }, 'reasoning_effort'],
    ['an unknown format', { response_format: { type: 'xml' } }, 'response_format.type'],
    [
      'a schema without a name',
      { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      'response_format.json_schema.name',
    ],
    [
      'no schema at all',
      { response_format: { type: 'json_schema' } },
      'response_format.json_schema',
    ],
    ['tools that are no list', { tools: {} }, 'tools'],
    ['a tool without a type', { tools: [{}] }, 'tools[0].type'],
    [
      'a function without a name',
      { tools: [{ type: 'function', function: {} }] },
      'tools[0].function.name',
    ],
    [
      'parameters that are no object',
      { tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] },
      'tools[0].function.parameters',
    ],
    ['an unknown tool_choice', { tool_choice: 'maybe' }, 'tool_choice'],
    [
      'a tool_choice without a name',
      { tool_choice: { type: 'function', function: {} } },
      'tool_choice.function.name',
    ],
    ['metadata that is not of texts', { metadata: { a: 1 } }, 'metadata.a'],
    ['100,000 levels', { x: JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`) as unknown }, 'x'],
  ])('with %s is refused by its path', (_what, fields, param) => {
    const error = refusal(() => decode(fields));
    expect(error.param).toBe(param);
    expect(error.message).toContain(`"${param}"`);
    expect(error.httpStatus).toBe(400);
  });

  it('that is no object is refused as a whole', () => {
    for (const body of [undefined, null, 'x', 7, []]) {
      expect(refusal(() => openaiChat.decodeRequest(body)).param).toBeUndefined();
    }
  });

  it('takes null for absent, everywhere', () => {
    const body = {
      model: 'm',
      messages: [
        {
          role: 'assistant',
          content: null,
          refusal: null,
          tool_calls: null,
          audio: null,
          function_call: null,
          name: null,
          reasoning_content: null,
        },
      ],
      temperature: null,
      top_p: null,
      n: null,
      stop: null,
      stream: null,
      stream_options: null,
      tools: null,
      tool_choice: null,
      response_format: null,
      logprobs: null,
      top_logprobs: null,
      metadata: null,
      user: null,
      seed: null,
      max_tokens: null,
      max_completion_tokens: null,
      reasoning_effort: null,
      unknown: null,
    };
    expect(openaiChat.decodeRequest(body)).toEqual({
      model: 'm',
      stream: false,
      request: { messages: [{ role: 'assistant', content: [] }] },
      as: {},
    });
  });

  it('keeps what it does not know, without changing any prototype', () => {
    const body = JSON.parse(
      '{"model":"m","messages":[{"role":"user","content":"Hi","__proto__":{"role":"system"}}],"logit_bias":{"5":-1},"__proto__":{"stream":true},"constructor":{"prototype":{"polluted":1}}}',
    ) as unknown;
    const { request, stream } = openaiChat.decodeRequest(body);
    expect(stream).toBe(false);
    expect(request.messages[0]?.role).toBe('user');
    expect(Object.keys(request.passthrough?.fields ?? {})).toEqual(['logit_bias', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    const again = openaiChat.encodeRequest(request, {
      model: 'm',
      stream: false,
      provider: 'p',
      warn: () => undefined,
    });
    expect(again['logit_bias']).toEqual({ 5: -1 });
  });

  it('prefers max_completion_tokens, and takes a flat schema and OpenRouter’s reasoning', () => {
    expect(decode({ max_tokens: 5, max_completion_tokens: 7 }).request.maxOutputTokens).toBe(7);
    expect(
      decode({ response_format: { type: 'json_schema', schema: { type: 'object' } } }).request
        .output,
    ).toEqual({ type: 'json-schema', schema: { type: 'object' } });
    expect(decode({ reasoning: { effort: 'low', max_tokens: 5 } }).request.reasoning).toEqual({
      effort: 'low',
      maxTokens: 5,
    });
    expect(decode({ reasoning: { enabled: false } }).request.reasoning).toEqual({ effort: 'none' });
  });

  it('may use the deprecated functions', () => {
    const { request } = decode({
      functions: [{ name: 'f', description: 'd', parameters: {} }],
      function_call: { name: 'f' },
      messages: [
        user,
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
        { role: 'function', name: 'f', content: '2' },
      ],
    });
    expect(request.tools).toEqual([{ name: 'f', description: 'd', parameters: {} }]);
    expect(request.toolChoice).toEqual({ name: 'f' });
    expect(request.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [{ type: 'tool-call', id: 'call_function_1', name: 'f', arguments: '{"a":1}' }],
      },
      {
        role: 'tool',
        content: [{ type: 'tool-result', id: 'call_function_1', name: 'f', content: '2' }],
      },
    ]);
    expect(decode({ function_call: 'none' }).request.toolChoice).toBe('none');
  });

  it('passes forms of tool_choice on that only this protocol has', () => {
    const choice = { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } };
    const { request } = decode({ tool_choice: choice });
    expect(request.toolChoice).toBeUndefined();
    expect(request.passthrough?.fields).toEqual({ tool_choice: choice });
  });

  it('gathers results that follow each other', () => {
    const result = (id: string): object => ({ role: 'tool', tool_call_id: id, content: id });
    expect(messagesOf(user, result('a'), result('b'), user, result('c'))).toMatchObject([
      { role: 'user' },
      { role: 'tool', content: [{ id: 'a' }, { id: 'b' }] },
      { role: 'user' },
      { role: 'tool', content: [{ id: 'c' }] },
    ]);
  });

  it('takes files and images in every form', () => {
    const parts = [
      { type: 'image_url', image_url: 'https://a/b.png' },
      { type: 'image_url', image_url: { url: 'https://a/b.png', detail: 'original' } },
      { type: 'file', file: { file_data: 'https://a/b.pdf', filename: 'b.pdf' } },
      { type: 'file', file: { file_data: 'QUJD' } },
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } },
      { type: 'text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
      { type: 'text', text: 'y', cache_control: { type: 'ephemeral' } },
    ];
    expect(messagesOf({ role: 'user', content: parts })).toMatchObject([
      {
        content: [
          { type: 'image', image: { type: 'url', url: 'https://a/b.png' } },
          { detail: 'high', opaque: { format: 'openai-chat', value: 'original' } },
          { type: 'file', file: { type: 'url', url: 'https://a/b.pdf' }, name: 'b.pdf' },
          { type: 'file', file: { type: 'base64', data: 'QUJD', mediaType: 'application/pdf' } },
          { type: 'audio', audio: { type: 'base64', data: 'QUJD', mediaType: 'audio/mpeg' } },
          { type: 'text', cache: { ttl: '1h' } },
          { type: 'text', cache: {} },
        ],
      },
    ]);
  });

  it('takes back signatures that a client kept, whole or without the text beside them', () => {
    const entry = {
      type: 'reasoning.text',
      signature: 's',
      format: 'inferway:anthropic-messages',
      index: 0,
    };
    const opaque = { format: 'anthropic-messages', value: 's' };
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };
    const message = (more: object): object => ({
      role: 'assistant',
      content: null,
      tool_calls: [call],
      ...more,
    });
    for (const more of [
      { reasoning_details: [{ ...entry, text: 'Hm' }] },
      { reasoning_content: 'Hm', reasoning_details: [{ ...entry, text: 'Hm' }] },
      { reasoning_content: 'Hm', reasoning_details: [entry] },
    ]) {
      expect(messagesOf(message(more))).toEqual([
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm', opaque },
            { type: 'tool-call', id: 'a', name: 'f', arguments: '{}' },
          ],
        },
      ]);
    }
    // A value that was spoilt on the way is left out, and the text stays.
    const spoilt = { ...entry, format: 'inferway-json:x', signature: '{', text: 'Hm' };
    expect(messagesOf(message({ reasoning_details: [spoilt] }))).toMatchObject([
      { content: [{ type: 'reasoning', text: 'Hm' }, { type: 'tool-call' }] },
    ]);
  });
});
