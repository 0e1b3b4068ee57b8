import { describe, expect, it } from 'vitest';
import { openaiResponses } from '../src/index.js';
import { refusal } from './refusal.js';

const OWN = 'openai-responses';

function read(more: object, input: unknown = 'Hi') {
  return openaiResponses.decodeRequest({ model: 'm', input, ...more });
}

describe('A caller’s request', () => {
  it('is the least that the API takes', () => {
    expect(read({})).toEqual({
      model: 'm',
      stream: false,
      request: {
        messages: [{ role: 'user', content: 'Hi' }],
        // Not to say whether it is stored is not to forbid it.
        passthrough: { format: OWN, fields: { store: null } },
      },
      as: { echo: {} },
    });
  });

  it('may go on from what is stored', () => {
    const { request } = openaiResponses.decodeRequest({
      model: 'm',
      previous_response_id: 'resp_1',
    });
    expect(request.messages).toEqual([]);
    expect(request.passthrough?.fields).toMatchObject({ previous_response_id: 'resp_1' });
  });

  it('is read with all that it can say', () => {
    const { request, stream, as } = read({
      stream: true,
      instructions: 'Be brief.',
      tools: [
        { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true },
        { type: 'function', name: 'g', defer_loading: true },
        { type: 'mcp', server_label: 's' },
      ],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] },
      parallel_tool_calls: false,
      text: {
        format: { type: 'json_schema', name: 'x', schema: { type: 'object' }, strict: true },
        verbosity: 'low',
      },
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      top_logprobs: 3,
      max_output_tokens: 50,
      max_tool_calls: 2,
      temperature: 0.5,
      store: true,
      truncation: 'auto',
      metadata: { a: 'b' },
      service_tier: 'flex',
      prompt_cache_key: 'k',
      user: 'u',
      background: true,
      stream_options: { include_obfuscation: false },
    });
    expect(stream).toBe(true);
    expect(request).toEqual({
      messages: [
        { role: 'system', content: 'Be brief.', opaque: { format: OWN, value: 'instructions' } },
        { role: 'user', content: 'Hi' },
      ],
      tools: [
        { name: 'f', parameters: { type: 'object' }, strict: true },
        { name: 'g', opaque: { format: OWN, value: { defer_loading: true, strict: null } } },
        { type: 'provider', format: OWN, value: { type: 'mcp', server_label: 's' } },
      ],
      parallelToolCalls: false,
      output: { type: 'json-schema', name: 'x', schema: { type: 'object' }, strict: true },
      reasoning: { effort: 'high' },
      logprobs: 3,
      maxOutputTokens: 50,
      temperature: 0.5,
      metadata: { a: 'b' },
      serviceTier: 'flex',
      promptCacheKey: 'k',
      user: 'u',
      passthrough: {
        format: OWN,
        fields: {
          tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] },
          text: { verbosity: 'low' },
          reasoning: { summary: 'auto' },
          include: ['reasoning.encrypted_content'],
          max_tool_calls: 2,
          store: true,
          truncation: 'auto',
          background: true,
        },
      },
    });
    expect(as.echo).toMatchObject({ instructions: 'Be brief.', temperature: 0.5, store: true });
  });

  it('groups the items of a turn, whatever tools took part', () => {
    const { request } = read({}, [
      { role: 'developer', content: [{ type: 'input_text', text: 'Rules' }] },
      { type: 'message', role: 'user', content: 'Hi' },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'A', annotations: [] }],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: 'two' },
      { type: 'mcp_approval_response', approval_request_id: 'a', approve: true },
      { type: 'item_reference', id: 'msg_9' },
      { role: 'assistant', content: 'Done' },
      { type: 'message', role: 'user', content: 'And?' },
    ]);
    const own = (value: object) => ({ format: OWN, value });
    expect(request.messages).toEqual([
      { role: 'developer', content: [{ type: 'text', text: 'Rules' }] },
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: '',
            opaque: own({ id: 'rs_1', encrypted_content: 'gAAAA' }),
          },
          {
            type: 'provider',
            format: OWN,
            kind: 'web_search_call',
            value: { type: 'web_search_call', id: 'ws_1', status: 'completed' },
          },
          { type: 'text', text: 'A', opaque: own({ id: 'msg_1' }) },
          { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}', opaque: own({ id: 'fc_1' }) },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', id: 'c1', content: 'one' },
          {
            type: 'tool-result',
            id: 'c2',
            content: 'two',
            opaque: own({ type: 'custom_tool_call_output' }),
          },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'provider',
            format: OWN,
            kind: 'mcp_approval_response',
            value: { type: 'mcp_approval_response', approval_request_id: 'a', approve: true },
          },
        ],
      },
      {
        role: 'assistant',
        content: [
          {
            type: 'provider',
            format: OWN,
            kind: 'item_reference',
            value: { type: 'item_reference', id: 'msg_9' },
          },
          { type: 'text', text: 'Done' },
        ],
      },
      { role: 'user', content: 'And?' },
    ]);
  });

  it.each<[string, object, unknown, string]>([
    ['no model', { model: '' }, 'Hi', 'model'],
    ['no input', {}, undefined, 'input'],
    ['a number as input', {}, 4, 'input'],
    ['an item that is no object', {}, ['Hi'], 'input[0]'],
    ['a role of nobody', {}, [{ role: 'tool', content: 'x' }], 'input[0].role'],
    ['a message without content', {}, [{ role: 'user' }], 'input[0].content'],
    [
      'an image in a system message',
      {},
      [{ role: 'system', content: [{ type: 'input_image', image_url: 'u' }] }],
      'input[0].content',
    ],
    [
      'a part of no known type',
      {},
      [{ role: 'user', content: [{ type: 'video' }] }],
      'input[0].content[0].type',
    ],
    [
      'an image without a source',
      {},
      [{ role: 'user', content: [{ type: 'input_image' }] }],
      'input[0].content[0].image_url',
    ],
    [
      'a file without a source',
      {},
      [{ role: 'user', content: [{ type: 'input_file' }] }],
      'input[0].content[0].file_data',
    ],
    [
      'an answer’s part of the user’s kind',
      {},
      [{ role: 'assistant', content: [{ type: 'input_image', image_url: 'u' }] }],
      'input[0].content[0].type',
    ],
    ['a call without a name', {}, [{ type: 'function_call', call_id: 'a' }], 'input[0].name'],
    [
      'a call without arguments',
      {},
      [{ type: 'function_call', call_id: 'a', name: 'f' }],
      'input[0].arguments',
    ],
    [
      'an output of no call',
      {},
      [{ type: 'function_call_output', output: 'x' }],
      'input[0].call_id',
    ],
    [
      'an output of no kind',
      {},
      [{ type: 'function_call_output', call_id: 'a', output: 3 }],
      'input[0].output',
    ],
    [
      'a summary of no text',
      {},
      [{ type: 'reasoning', summary: [{}] }],
      'input[0].summary[0].text',
    ],
    ['a reference to nothing', {}, [{ type: 'item_reference' }], 'input[0].id'],
    ['a hot model', { temperature: 3 }, 'Hi', 'temperature'],
    ['no tokens', { max_output_tokens: 0 }, 'Hi', 'max_output_tokens'],
    ['a tool without a type', { tools: [{ name: 'f' }] }, 'Hi', 'tools[0].type'],
    ['a function without a name', { tools: [{ type: 'function' }] }, 'Hi', 'tools[0].name'],
    ['a strange tool choice', { tool_choice: 'maybe' }, 'Hi', 'tool_choice'],
    [
      'a schema without a name',
      { text: { format: { type: 'json_schema', schema: {} } } },
      'Hi',
      'text.format.name',
    ],
    [
      'a format without a schema',
      { text: { format: { type: 'json_schema', name: 'x' } } },
      'Hi',
      'text.format.schema',
    ],
    ['an unknown effort', { reasoning: { effort: 'huge' } }, 'Hi', 'reasoning.effort'],
    ['many alternatives', { top_logprobs: 21 }, 'Hi', 'top_logprobs'],
    ['an include of numbers', { include: [1] }, 'Hi', 'include[0]'],
    ['instructions of no text', { instructions: [] }, 'Hi', 'instructions'],
  ])('with %s is refused at its place', (_what, more, input, param) => {
    expect(refusal(() => read(more, input === undefined ? null : input)).param).toBe(param);
  });
});
