import type { ChatRequest } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { encode, hello, rules } from './anthropic-encoding.js';

const schema = { type: 'object', properties: { a: { type: 'string' } } };
const continued: Partial<ChatRequest> = {
  messages: [hello, { role: 'assistant', content: 'Once upon' }],
};

describe('Anthropic Messages, what a model takes', () => {
  it('cuts a limit above the model’s', () => {
    const limited = rules({ mostTokens: 64_000 });
    const above = encode({ maxOutputTokens: 100_000 }, limited);
    expect(above.body).toMatchObject({ max_tokens: 64_000 });
    expect(above.warnings).toEqual(['maxOutputTokens']);
    expect(encode({ maxOutputTokens: 64_000 }, limited).warnings).toEqual([]);
    const budget = encode(
      { maxOutputTokens: 100_000, reasoning: { maxTokens: 90_000 } },
      rules({ mostTokens: 64_000, thinking: 'budget' }),
    );
    expect(budget.body).toMatchObject({
      max_tokens: 64_000,
      thinking: { budget_tokens: 63_999 },
    });
  });

  it('sends temperature or top_p, not both, to a model that takes one of them', () => {
    const one = rules({ sampling: 'one' });
    const both = encode({ temperature: 0.5, topP: 0.9, topK: 4 }, one);
    expect(both.body).toMatchObject({ temperature: 0.5, top_k: 4 });
    expect(both.body).not.toHaveProperty('top_p');
    expect(both.warnings).toEqual(['topP']);
    expect(encode({ topP: 0.9 }, one)).toMatchObject({ body: { top_p: 0.9 }, warnings: [] });
    expect(encode({ topP: 0.9 }, { ...one, version: '2026-10-21' })).toMatchObject({
      warnings: ['topP'],
    });
  });

  it('tells a model without structured output the schema in the system prompt', () => {
    const without = rules({ structuredOutput: false });
    const output = { type: 'json-schema', schema } as const;
    const { body, warnings } = encode({ output, reasoning: { effort: 'low' } }, without);
    expect(body).toMatchObject({ output_config: { effort: 'low' } });
    expect(body['output_config']).not.toHaveProperty('format');
    expect(body['system']).toContain(JSON.stringify(schema));
    expect(warnings).toEqual(['output']);
    const plain = encode(
      { output, messages: [{ role: 'system', content: 'Be brief.' }, hello] },
      without,
    );
    expect(plain.body['system']).toMatch(/^Be brief\.\n\nAnswer with nothing but JSON/u);
    const blocks = encode(
      {
        output,
        messages: [{ role: 'system', content: [{ type: 'text', text: 'S', cache: {} }] }, hello],
      },
      without,
    );
    expect(blocks.body['system']).toMatchObject([
      { text: 'S', cache_control: { type: 'ephemeral' } },
      { type: 'text' },
    ]);
  });

  it('leaves strictness of tools out for such a model', () => {
    const { body, warnings } = encode(
      { tools: [{ name: 'f', parameters: schema, strict: true }] },
      rules({ structuredOutput: false }),
    );
    expect(JSON.parse(JSON.stringify(body['tools']))).toEqual([
      { name: 'f', input_schema: schema },
    ]);
    expect(warnings).toEqual(['tools[0].strict']);
  });

  it('continues an answer only where the model does and does not think', () => {
    expect(encode(continued).body['messages']).toHaveLength(2);
    const thinking = encode({ ...continued, reasoning: { effort: 'low' } });
    expect(thinking.body['messages']).toEqual([hello]);
    expect(thinking.warnings).toEqual(['messages']);
    expect(encode(continued, rules({ prefill: false })).warnings).toEqual(['messages']);
    const off = encode({ ...continued, reasoning: { effort: 'none' } });
    expect(off.body['messages']).toHaveLength(2);
  });

  it('keeps names for a header out of the body', () => {
    const { body } = encode({
      providerOptions: { anthropic: { betas: ['a-1'], speed: 'fast' } },
    });
    expect(body).toMatchObject({ speed: 'fast' });
    expect(body).not.toHaveProperty('betas');
  });

  it('sends no document of an answer in the version that refuses them, of whatever source', () => {
    const value = { type: 'document', source: { type: 'content', content: 'x' } };
    const messages: ChatRequest['messages'] = [
      hello,
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'See:' },
          { type: 'provider', format: 'anthropic-messages', kind: 'document', value },
        ],
      },
      hello,
    ];
    const older = encode({ messages });
    expect(older.body['messages']).toMatchObject([{}, { content: [{}, value] }, {}]);
    const newer = encode({ messages }, { version: '2026-10-21' });
    expect(newer.body['messages']).toMatchObject([{}, { content: [{ text: 'See:' }] }, {}]);
    expect(newer.warnings).toEqual(['messages[1].content[1]']);
  });

  it('names the toolset of a call in its result', () => {
    const { body } = encode({
      messages: [
        hello,
        {
          role: 'assistant',
          content: [
            {
              type: 'tool-call',
              id: 'toolu_1',
              name: 'left_click',
              arguments: '{"target":{"ref":"r"}}',
              opaque: { format: 'anthropic-messages', value: { toolset_name: 'browser' } },
            },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', id: 'toolu_1', content: 'done' }] },
      ],
    });
    expect(body['messages']).toMatchObject([
      {},
      { content: [{ type: 'tool_use', toolset_name: 'browser' }] },
      { content: [{ type: 'tool_result', toolset_name: 'browser' }] },
    ]);
  });
});
