import type { ChatRequest, JsonObject } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { encode, hello, rules } from './anthropic-encoding.js';

describe('Anthropic Messages, settings of a request on the wire', () => {
  it('writes max_tokens, which the API requires, from the request, the model’s rule or 4096', () => {
    expect(encode({ maxOutputTokens: 7 }).body.max_tokens).toBe(7);
    expect(encode({}, rules({ maxTokens: 64_000 })).body.max_tokens).toBe(64_000);
    expect(encode({}).body).toEqual({ model: 'claude-x', max_tokens: 4096, messages: [hello] });
  });

  it('drops with a warning what the version 2026-10-21 refuses, and sends it by 2023-06-01', () => {
    const request: Partial<ChatRequest> = {
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'text',
              text: 'quoted',
              citations: [{ opaque: { format: 'anthropic-messages', value: { type: 'c' } } }],
            },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'file', file: { type: 'text', text: 'doc' } },
            { type: 'text', text: 'a' },
          ],
        },
        hello,
      ],
    };
    const newer = encode(request, { version: '2026-10-21' });
    expect(newer.body).not.toHaveProperty('temperature');
    expect(newer.body).not.toHaveProperty('top_p');
    expect(newer.body).not.toHaveProperty('top_k');
    expect(newer.body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'quoted' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'a' }] },
      hello,
    ]);
    expect(newer.warnings).toEqual([
      'messages[0].content[0].citations',
      'messages[1].content[0]',
      'temperature',
      'topP',
      'topK',
    ]);
    const older = encode(request, { version: '2023-06-01' });
    expect(older.body).toMatchObject({ temperature: 0.5, top_p: 0.9, top_k: 5 });
    expect(JSON.stringify(older.body)).toContain('"citations":[{"type":"c"}]');
    expect(JSON.stringify(older.body)).toContain('"document"');
    expect(older.warnings).toEqual([]);
  });

  it('lets a model’s rule refuse sampling whatever the version, and caps temperatures at 1', () => {
    expect(encode({ temperature: 0 }, rules({ sampling: false })).warnings).toEqual([
      'temperature',
    ]);
    const hot = encode({ temperature: 1.7 });
    expect(hot.body.temperature).toBe(1);
    expect(hot.warnings).toEqual(['temperature']);
  });

  it('leaves out sampling settings that thinking excludes', () => {
    const { body, warnings } = encode({ temperature: 0.2, topP: 0.96, topK: 4, reasoning: {} });
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, top_p: 0.96 });
    expect(warnings).toEqual(['temperature', 'topK']);
    expect(encode({ topP: 0.5, reasoning: {} }).warnings).toEqual(['topP']);
    expect(encode({ temperature: 1, reasoning: {} }).warnings).toEqual([]);
  });

  it('leaves tool_choice out where there are no tools', () => {
    expect(encode({ toolChoice: 'auto', parallelToolCalls: true }).body).not.toHaveProperty(
      'tool_choice',
    );
    expect(encode({ toolChoice: 'required' }).warnings).toEqual(['toolChoice']);
    expect(encode({ tools: [{ name: 'f' }], parallelToolCalls: false }).body).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
  });

  it('tells of every portable setting that the protocol has no field for', () => {
    const { body, warnings } = encode({
      minP: 0.1,
      frequencyPenalty: 1,
      presencePenalty: 1,
      repetitionPenalty: 1,
      seed: 1,
      logprobs: 2,
      choices: 3,
      promptCacheKey: 'k',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      output: { type: 'json' },
    });
    expect(Object.keys(body)).toEqual(['model', 'max_tokens', 'messages']);
    expect(new Set(warnings)).toEqual(
      new Set([
        'minP',
        'frequencyPenalty',
        'presencePenalty',
        'repetitionPenalty',
        'seed',
        'logprobs',
        'choices',
        'promptCacheKey',
        'metadata',
        'serviceTier',
        'output',
      ]),
    );
  });

  it('merges passed-through fields of its own format, and the provider’s options last', () => {
    const { body, warnings } = encode({
      reasoning: { effort: 'high' },
      user: 'u',
      passthrough: {
        format: 'anthropic-messages',
        fields: {
          thinking: { display: 'omitted' },
          metadata: { x: 1 },
          speed: 'fast',
          container: { id: null },
        },
      },
      providerOptions: {
        anthropic: { output_config: { task_budget: { total: 9 } }, speed: null },
        other: { a: 1 },
      },
    });
    expect(body).toMatchObject({
      thinking: { type: 'adaptive', display: 'omitted' },
      metadata: { user_id: 'u', x: 1 },
      output_config: { effort: 'high', task_budget: { total: 9 } },
      container: { id: null },
    });
    expect(body).not.toHaveProperty('speed');
    expect(body).not.toHaveProperty('a');
    expect(warnings).toEqual([]);
    // Members of one type are not another's.
    const other = { thinking: { type: 'between_tools' } };
    const replaced = encode({
      reasoning: { maxTokens: 2000 },
      providerOptions: { anthropic: other },
    });
    expect(replaced.body.thinking).toEqual({ type: 'between_tools' });
    expect(
      encode({ passthrough: { format: 'openai-chat', fields: { store: true } } }),
    ).toMatchObject({
      warnings: ['store'],
    });
  });

  it('sends the service tiers that there are, and OpenAI’s word for one of them', () => {
    expect(encode({ serviceTier: 'auto' }).body.service_tier).toBe('auto');
    expect(encode({ serviceTier: 'default' }).body.service_tier).toBe('standard_only');
  });

  it('cannot have its prototype set by an option', () => {
    const options = JSON.parse(
      '{"__proto__":{"polluted":1},"output_config":{"__proto__":{"polluted":1}}}',
    ) as object;
    const { body } = encode({
      reasoning: { effort: 'low' },
      providerOptions: { anthropic: options },
    });
    expect((body as { polluted?: number }).polluted).toBeUndefined();
    expect((body.output_config as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('Anthropic Messages, schemas that answers are held to', () => {
  const schema: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 9, description: 'Who' },
      tags: {
        type: 'array',
        minItems: 2,
        items: { type: 'object', properties: { n: { type: 'integer', minimum: 0 } } },
      },
      minimum: { anyOf: [{ type: 'null' }, { type: 'array', minItems: 1, maxItems: 3 }] },
    },
    required: ['name'],
  };

  it('are closed, and tell in descriptions what the API refuses', () => {
    const { body, warnings } = encode({
      output: { type: 'json-schema', schema, name: 'n', strict: true },
    });
    expect(body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            name: { type: 'string', description: 'Who\n{minLength: 1, maxLength: 9}' },
            tags: {
              type: 'array',
              description: '{minItems: 2}',
              items: {
                type: 'object',
                properties: { n: { type: 'integer', description: '{minimum: 0}' } },
                additionalProperties: false,
              },
            },
            minimum: {
              anyOf: [
                { type: 'null' },
                { type: 'array', minItems: 1, description: '{maxItems: 3}' },
              ],
            },
          },
          required: ['name'],
          additionalProperties: false,
        },
      },
    });
    expect(warnings).toEqual(['output.schema']);
  });

  it('are the strict tools’ too, and go as they are to servers that take all of JSON Schema', () => {
    const loose = encode({ tools: [{ name: 'f', parameters: schema }] });
    expect((loose.body.tools as JsonObject[])[0]?.input_schema).toEqual(schema);
    const strict = encode({ tools: [{ name: 'f', parameters: schema, strict: true }] });
    expect(
      (strict.body.tools as { input_schema: JsonObject }[])[0]?.input_schema.additionalProperties,
    ).toBe(false);
    expect(strict.warnings).toEqual(['tools[0].parameters']);
    const full = encode({ output: { type: 'json-schema', schema } }, { schemas: 'full' });
    expect(full.body.output_config).toEqual({ format: { type: 'json_schema', schema } });
    expect(full.warnings).toEqual([]);
  });
});
