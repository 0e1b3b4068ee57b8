import type { ChatRequest } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import type { AnthropicModelRules } from '../src/index.js';
import { encode, rules } from './anthropic-encoding.js';

describe('Anthropic Messages, portable reasoning on the wire', () => {
  it.each([
    [
      'an effort',
      { effort: 'high' },
      {},
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      [],
    ],
    ['no effort', {}, {}, { thinking: { type: 'adaptive' } }, []],
    [
      'the least effort',
      { effort: 'minimal' },
      {},
      { output_config: { effort: 'low' } },
      ['reasoning.effort'],
    ],
    [
      'a budget',
      { maxTokens: 2000 },
      {},
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      [],
    ],
    ['off', { effort: 'none' }, {}, { thinking: { type: 'disabled' } }, []],
    [
      'an effort above the model’s',
      { effort: 'max' },
      { efforts: ['low', 'medium', 'high'] },
      { output_config: { effort: 'high' } },
      ['reasoning.effort'],
    ],
    [
      'a budget where only efforts are known',
      { maxTokens: 2000, effort: 'low' },
      { thinking: 'adaptive' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      ['reasoning.maxTokens'],
    ],
    [
      'an effort where only budgets are known',
      { effort: 'low' },
      { thinking: 'budget', maxTokens: 32_000 },
      { thinking: { type: 'enabled', budget_tokens: 4096 }, max_tokens: 32_000 },
      [],
    ],
    [
      'an effort above the default limit',
      { effort: 'medium' },
      { thinking: 'budget' },
      { thinking: { type: 'enabled', budget_tokens: 8192 }, max_tokens: 12_288 },
      [],
    ],
  ] satisfies [string, ChatRequest['reasoning'], AnthropicModelRules, object, string[]][])(
    'says %s in what the model takes',
    (_name, reasoning, model, body, warnings) => {
      const encoded = encode({ reasoning }, rules(model));
      expect(encoded.body).toMatchObject(body);
      expect(encoded.warnings).toEqual(warnings);
    },
  );

  it('says nothing of off to a model that always thinks, and nothing at all to one that never does', () => {
    const always = encode({ reasoning: { effort: 'none' } }, rules({ thinkingOff: 'never' }));
    expect(always.body).not.toHaveProperty('thinking');
    expect(always.warnings).toEqual(['reasoning.effort']);
    const never = encode({ reasoning: { effort: 'high' } }, rules({ thinking: 'none' }));
    expect(Object.keys(never.body)).toEqual(['model', 'max_tokens', 'messages']);
    expect(never.warnings).toEqual(['reasoning']);
    expect(encode({ reasoning: { effort: 'none' } }, rules({ thinking: 'none' })).warnings).toEqual(
      [],
    );
  });

  it('keeps a budget between 1024 and max_tokens, or leaves it out where there is no room', () => {
    const budget = rules({ thinking: 'budget' });
    expect(encode({ reasoning: { maxTokens: 9000 }, maxOutputTokens: 5000 }, budget)).toMatchObject(
      {
        body: { thinking: { budget_tokens: 4999 }, max_tokens: 5000 },
        warnings: ['reasoning.maxTokens'],
      },
    );
    expect(encode({ reasoning: { maxTokens: 10 } }, budget)).toMatchObject({
      body: { thinking: { budget_tokens: 1024 } },
      warnings: ['reasoning.maxTokens'],
    });
    expect(encode({ reasoning: { effort: 'max' }, maxOutputTokens: 2000 }, budget)).toMatchObject({
      body: { thinking: { budget_tokens: 1599 }, max_tokens: 2000 },
      warnings: [],
    });
    const none = encode({ reasoning: { effort: 'max' }, maxOutputTokens: 1024 }, budget);
    expect(none.body).not.toHaveProperty('thinking');
    expect(none.warnings).toEqual(['reasoning']);
  });

  it('turns thinking off in the word that the model has for it', () => {
    const { body } = encode(
      { reasoning: { effort: 'none' } },
      rules({ thinkingOff: 'between_tools' }),
    );
    expect(body).toMatchObject({ thinking: { type: 'between_tools' } });
  });

  const forced: Partial<ChatRequest> = { tools: [{ name: 'f' }], toolChoice: 'required' };

  it('thinks by itself beside a forced call, and not by a budget, which the API does not allow together', () => {
    const adaptive = encode({ ...forced, reasoning: { effort: 'high' } });
    expect(adaptive.body).toMatchObject({
      thinking: { type: 'adaptive' },
      tool_choice: { type: 'any' },
      output_config: { effort: 'high' },
    });
    expect(adaptive.warnings).toEqual([]);
    const budget = encode({ ...forced, reasoning: { maxTokens: 2000 } });
    expect(budget.body).not.toHaveProperty('thinking');
    expect(budget.body).toMatchObject({ tool_choice: { type: 'any' } });
    expect(budget.warnings).toEqual(['reasoning']);
  });

  it.each([['required'], [{ name: 'f' }]] satisfies [ChatRequest['toolChoice']][])(
    'leaves the choice %j to a model that cannot be forced',
    (toolChoice) => {
      const { body, warnings } = encode(
        { ...forced, toolChoice, parallelToolCalls: false, reasoning: {} },
        rules({ forcedTools: false, thinking: 'adaptive' }),
      );
      expect(body).toMatchObject({
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
        thinking: { type: 'adaptive' },
      });
      expect(warnings).toEqual(['toolChoice']);
    },
  );

  it.each([
    ['between_tools', 'disabled', { type: 'disabled' }],
    ['disabled', 'between_tools', { type: 'between_tools' }],
    ['between_tools', 'between_tools', { type: 'between_tools' }],
    ['between_tools', 'never', undefined],
  ] as const)(
    'sends thinking of type %s, written for another model, to one that is turned off by %s as %j',
    (type, thinkingOff, thinking) => {
      const passthrough = { format: 'anthropic-messages', fields: { thinking: { type } } };
      const { body, warnings } = encode(
        { reasoning: {}, passthrough },
        rules({ thinking: 'adaptive', thinkingOff }),
      );
      expect(body['thinking']).toEqual(thinking);
      expect(warnings).toEqual(type === thinkingOff ? [] : ['thinking']);
    },
  );
});
