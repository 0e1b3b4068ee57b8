import type { ChatRequest, JsonObject, Message, Warning } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { openaiChat, type OpenAIChatDialect } from '../src/index.js';

const hi: Message = { role: 'user', content: 'Hi' };

function encode(
  request: Partial<ChatRequest>,
  dialect?: OpenAIChatDialect,
  stream = false,
): { body: JsonObject; warned: (string | undefined)[]; warnings: Warning[] } {
  const warnings: Warning[] = [];
  const body = openaiChat.encodeRequest(
    { messages: [hi], ...request },
    {
      model: 'org/m',
      stream,
      provider: 'acme',
      ...(dialect === undefined ? {} : { dialect }),
      warn: (warning) => {
        warnings.push(warning);
      },
    },
  );
  return { body, warnings, warned: warnings.map(({ setting }) => setting) };
}

describe('The dialect of a provider', () => {
  it('is by default what most servers take', () => {
    const { body, warned } = encode(
      { messages: [{ role: 'developer', content: 'Be brief.' }, hi], maxOutputTokens: 5 },
      undefined,
      true,
    );
    expect(body).toEqual({
      model: 'org/m',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      max_tokens: 5,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(Object.keys(body)[0]).toBe('model');
    expect(warned).toEqual([]);
  });

  it('names the field of the token cap, the role of instructions and whether usage is asked for', () => {
    const { body } = encode(
      { messages: [{ role: 'system', content: 'x' }, hi], maxOutputTokens: 5 },
      { maxTokensField: 'max_completion_tokens', systemRole: 'developer', streamUsage: false },
      true,
    );
    expect(body).toMatchObject({ max_completion_tokens: 5, messages: [{ role: 'developer' }, {}] });
    expect(body).not.toHaveProperty('max_tokens');
    expect(body).not.toHaveProperty('stream_options');
  });

  it('says how reasoning is asked for, and gives the nearest effort it knows', () => {
    const reasoning = { effort: 'xhigh', maxTokens: 5000 } as const;
    expect(encode({ reasoning: { effort: 'xhigh' } }).body['reasoning_effort']).toBe('xhigh');
    expect(encode({ reasoning }, { reasoning: 'object' }).body['reasoning']).toEqual({
      effort: 'xhigh',
      max_tokens: 5000,
    });
    const own = encode(
      { reasoning },
      { reasoning: ({ maxTokens }) => ({ thinking_budget: maxTokens }) },
    );
    expect(own.body['thinking_budget']).toBe(5000);
    const near = encode({ reasoning: { effort: 'xhigh' } }, { efforts: ['low', 'medium', 'high'] });
    expect(near.body['reasoning_effort']).toBe('high');
    expect(near.warnings).toMatchObject([{ type: 'changed', setting: 'reasoning.effort' }]);
    const between = encode({ reasoning: { effort: 'medium' } }, { efforts: ['low', 'high'] });
    expect(between.body['reasoning_effort']).toBe('low');
    const capped = encode({ reasoning: { maxTokens: 10_000 } });
    expect(capped.body['reasoning_effort']).toBe('medium');
    expect(capped.warnings).toMatchObject([{ type: 'changed', setting: 'reasoning.maxTokens' }]);
  });

  it('writes the schema of an answer in its own form', () => {
    const output = { type: 'json-schema', schema: { type: 'object' } } as const;
    expect(encode({ output }).body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema: { type: 'object' } },
    });
    expect(encode({ output }, { jsonSchema: 'flat' }).body['response_format']).toEqual({
      type: 'json_schema',
      schema: { type: 'object' },
    });
    const loose = encode({ output }, { jsonSchema: 'json-object' });
    expect(loose.body['response_format']).toEqual({ type: 'json_object' });
    expect(loose.warnings).toMatchObject([{ type: 'changed', setting: 'output' }]);
  });

  it('drops what the provider refuses, with a warning for each', () => {
    const { body, warned } = encode(
      {
        topK: 3,
        logprobs: 2,
        choices: 2,
        seed: 1,
        tools: [{ name: 'f' }],
        parallelToolCalls: false,
        toolChoice: 'required',
      },
      { unsupported: ['topK', 'logprobs', 'choices', 'parallelToolCalls'] },
    );
    expect(body).toEqual({
      model: 'org/m',
      messages: [{ role: 'user', content: 'Hi' }],
      seed: 1,
      tools: [{ type: 'function', function: { name: 'f' } }],
      tool_choice: 'required',
    });
    expect(warned.toSorted()).toEqual(['choices', 'logprobs', 'parallelToolCalls', 'topK']);
  });

  it('writes cache markers only where they are understood', () => {
    const messages: Message[] = [
      { role: 'system', content: [{ type: 'text', text: 'Long', cache: { ttl: '1h' } }] },
    ];
    const content = (dialect?: OpenAIChatDialect): unknown =>
      (encode({ messages }, dialect).body['messages'] as { content: unknown }[])[0]?.content;
    expect(content()).toBe('Long');
    expect(content({ cacheMarkers: 'cache_control' })).toEqual([
      { type: 'text', text: 'Long', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]);
    expect(content({ cacheMarkers: 'prompt_cache_breakpoint' })).toEqual([
      { type: 'text', text: 'Long', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
    ]);
  });

  it('sends earlier reasoning back in the way that it is wanted', () => {
    const own = [{ type: 'reasoning.text', text: 'Hm', signature: 's' }];
    const messages = (opaque?: { format: string; value: JsonObject[] | string }): Message[] => [
      hi,
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm', ...(opaque === undefined ? {} : { opaque }) },
          { type: 'text', text: 'Yes' },
        ],
      },
    ];
    const answer = (
      reasoningInput: OpenAIChatDialect['reasoningInput'],
      opaque?: { format: string; value: JsonObject[] | string },
    ): unknown =>
      (encode({ messages: messages(opaque) }, { reasoningInput }).body['messages'] as object[])[1];
    const plain = { role: 'assistant', content: 'Yes' };
    const native = { format: 'openai-chat', value: own };
    const foreign = { format: 'anthropic-messages', value: 's' };
    expect(answer('none')).toEqual(plain);
    expect(encode({ messages: messages() }).warned).toEqual(['messages[1].content']);
    expect(answer('reasoning_content', native)).toEqual({ ...plain, reasoning_content: 'Hm' });
    expect(answer('reasoning', native)).toEqual({ ...plain, reasoning: 'Hm' });
    expect(answer('reasoning_details', native)).toEqual({
      ...plain,
      reasoning: 'Hm',
      reasoning_details: own,
    });
    // Another format's signature goes to nobody who did not ask for it.
    expect(answer('reasoning_details', foreign)).toEqual({ ...plain, reasoning: 'Hm' });
    expect(answer('portable', foreign)).toMatchObject({
      reasoning_details: [{ signature: 's', format: 'inferway:anthropic-messages' }],
    });
  });

  it('joins texts for servers that take no lists', () => {
    const messages: Message[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ];
    expect(encode({ messages }, { joinText: true }).body['messages']).toEqual([
      { role: 'user', content: 'ab' },
    ]);
  });
});

describe('A request to Chat Completions', () => {
  it('holds what its caller passed through for this format, and warns of what was for another', () => {
    const passthrough = (format: string): ChatRequest['passthrough'] => ({
      format,
      fields: { logit_bias: { 5: -1 }, store: true },
    });
    expect(encode({ passthrough: passthrough('openai-chat') }).body).toMatchObject({ store: true });
    const foreign = encode({ passthrough: passthrough('anthropic-messages') });
    expect(foreign.body).not.toHaveProperty('store');
    expect(foreign.warned).toEqual(['logit_bias', 'store']);
  });

  it('takes the options of its own provider last, and no prototype from them', () => {
    const { body } = encode({
      temperature: 1,
      providerOptions: {
        acme: JSON.parse('{"temperature":0,"extra":true,"__proto__":{"polluted":1}}') as object,
        other: { never: true },
      },
    });
    expect(body).toMatchObject({ temperature: 0, extra: true });
    expect(body).not.toHaveProperty('never');
    expect(body['polluted']).toBeUndefined();
  });

  it('moves images out of tool results, after the last of them', () => {
    const image = { type: 'image', image: { type: 'url', url: 'https://a/b.png' } } as const;
    const messages: Message[] = [
      {
        role: 'tool',
        content: [
          { type: 'tool-result', id: 'a', content: [{ type: 'text', text: 'See' }, image] },
          { type: 'tool-result', id: 'b', content: 'Done' },
          { type: 'tool-result', id: 'c', content: [] },
        ],
      },
    ];
    const { body, warnings } = encode({ messages });
    expect(body['messages']).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'See' },
      { role: 'tool', tool_call_id: 'b', content: 'Done' },
      { role: 'tool', tool_call_id: 'c', content: '' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a/b.png' } }] },
    ]);
    expect(warnings).toMatchObject([
      { type: 'changed', setting: 'messages[0].content[0].content[1]' },
    ]);
  });

  it('leaves out parts and tools of other formats, with a warning', () => {
    const value = { type: 'server_tool_use' };
    const { body, warned } = encode({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'provider', format: 'other', kind: 'x', value },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'provider', format: 'other', kind: 'x', value },
            { type: 'image', image: { type: 'url', url: 'x' } },
          ],
        },
      ],
      tools: [{ type: 'provider', format: 'other', value }],
    });
    expect(body).toEqual({
      model: 'org/m',
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: '' },
      ],
    });
    expect(warned).toEqual([
      'messages[0].content[1]',
      'messages[1].content[0]',
      'messages[1].content[1]',
      'tools[0]',
    ]);
  });

  it('refuses what cannot be said, so that another provider may be asked', () => {
    const file = { type: 'image', image: { type: 'file-id', id: 'f' } } as const;
    expect(() => encode({ messages: [hi, { role: 'user', content: [file] }] })).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        param: 'messages[1].content[0]',
        fallbackable: true,
      }),
    );
    const sound = { type: 'audio', audio: { type: 'url', url: 'https://a' } } as const;
    expect(() => encode({ messages: [{ role: 'user', content: [sound] }] })).toThrow(/base64/u);
  });

  it('sends a text file as its bytes', () => {
    const file = { type: 'file', file: { type: 'text', text: 'Grüße' }, name: 'a.txt' } as const;
    const { body } = encode({ messages: [{ role: 'user', content: [file] }] });
    expect(body['messages']).toMatchObject([
      {
        content: [
          {
            type: 'file',
            file: {
              filename: 'a.txt',
              file_data: `data:text/plain;base64,${Buffer.from('Grüße').toString('base64')}`,
            },
          },
        ],
      },
    ]);
  });

  it('asks for reasoning by a switch beside the effort', () => {
    const asked = (reasoning: ChatRequest['reasoning']): JsonObject => {
      const { body } = encode({ reasoning }, { reasoning: 'switch' });
      const { model: _model, messages: _messages, ...fields } = body;
      return fields;
    };
    expect(asked({ effort: 'none' })).toEqual({ reasoning: { enabled: false } });
    expect(asked({ effort: 'low' })).toEqual({
      reasoning: { enabled: true },
      reasoning_effort: 'low',
    });
    expect(asked({ maxTokens: 0 })).toEqual({ reasoning: { enabled: false } });
    expect(asked({})).toEqual({ reasoning: { enabled: true } });
  });

  it('writes earlier reasoning in both fields for servers that renamed it', () => {
    const messages: Message[] = [
      hi,
      { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm.' }] },
    ];
    const { body } = encode({ messages }, { reasoningInput: 'both' });
    expect((body['messages'] as JsonObject[])[1]).toMatchObject({
      reasoning: 'Hm.',
      reasoning_content: 'Hm.',
    });
  });

  it('asks for log probabilities by their number', () => {
    for (const [logprobs, sent] of [
      [0, 1],
      [1, 1],
      [5, 5],
    ] as const) {
      const { body } = encode({ logprobs }, { logprobs: 'number' });
      expect(body['logprobs']).toBe(sent);
      expect(body).not.toHaveProperty('top_logprobs');
    }
  });

  it('says a schema in both forms for servers that change from one to the other', () => {
    const schema = { type: 'object' };
    const output = { type: 'json-schema', schema, name: 'x' } as const;
    expect(encode({ output }, { jsonSchema: 'both' }).body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'x', schema },
      schema,
    });
  });

  it('sends fields of its own, to which the caller’s come first', () => {
    const dialect = { defaults: { verbose: true, tier: 'a' } };
    expect(encode({}, dialect).body).toMatchObject({ verbose: true, tier: 'a' });
    const options = { acme: { tier: 'b' } };
    expect(encode({ providerOptions: options }, dialect).body).toMatchObject({
      verbose: true,
      tier: 'b',
    });
  });

  it('has words of its own for efforts and tiers', () => {
    const dialect: OpenAIChatDialect = {
      efforts: ['none', 'medium'],
      effortWords: { medium: 'default' },
      serviceTiers: { default: 'on_demand', flex: 'flex' },
    };
    const asked = encode({ reasoning: { effort: 'high' }, serviceTier: 'default' }, dialect);
    expect(asked.body).toMatchObject({ reasoning_effort: 'default', service_tier: 'on_demand' });
    expect(asked.warned).toEqual(['reasoning.effort']);
    expect(encode({ reasoning: { effort: 'none' } }, dialect).body['reasoning_effort']).toBe(
      'none',
    );
    expect(encode({ serviceTier: 'flex' }, dialect).body['service_tier']).toBe('flex');
    const unknown = encode({ serviceTier: 'scale' }, dialect);
    expect(unknown.body).not.toHaveProperty('service_tier');
    expect(unknown.warned).toEqual(['serviceTier']);
    expect(encode({ serviceTier: 'scale' }).body['service_tier']).toBe('scale');
  });

  it('may leave the tool’s name away from its result', () => {
    const messages: Message[] = [
      hi,
      { role: 'tool', content: [{ type: 'tool-result', id: 'c1', name: 'look', content: 'x' }] },
    ];
    const sent = (dialect: OpenAIChatDialect): JsonObject | undefined =>
      (encode({ messages }, dialect).body['messages'] as JsonObject[])[1];
    expect(sent({})).toMatchObject({ name: 'look' });
    expect(sent({ resultNames: false })).not.toHaveProperty('name');
  });
});
