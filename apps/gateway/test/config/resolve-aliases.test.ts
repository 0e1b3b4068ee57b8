import type { InferwayError } from '@inferway/core';
import { expect, test } from 'vitest';
import { resolveAliases } from '../../src/config/resolve-aliases.js';

const providers = ['openai', 'groq'];

function refusal(aliases: Record<string, string | string[]>): string {
  try {
    resolveAliases(aliases, providers);
  } catch (reason) {
    expect((reason as InferwayError).code).toBe('configuration');
    return (reason as InferwayError).message;
  }
  throw new Error('it was taken');
}

test('an alias leads to a model, and a list to a model and its fallbacks in order', () => {
  const targets = resolveAliases(
    { fast: 'groq/llama', smart: ['openai/gpt', 'fast', 'openai/gpt'], 'meta-llama/L3': 'fast' },
    providers,
  );
  expect(targets.get('fast')).toEqual({ model: { provider: 'groq', id: 'llama' }, fallbacks: [] });
  expect(targets.get('smart')).toEqual({
    model: { provider: 'openai', id: 'gpt' },
    fallbacks: [{ provider: 'groq', id: 'llama' }],
  });
  expect(targets.get('meta-llama/L3')?.model.provider).toBe('groq');
});

test('a circle is refused and shown', () => {
  expect(refusal({ a: 'b', b: ['openai/x', 'c'], c: 'a' })).toContain('a → b → c → a');
  expect(refusal({ self: 'self' })).toContain('self → self');
});

test('an unknown provider is refused with those that are there', () => {
  const message = refusal({ smart: 'anthropic/claude' });
  expect(message).toContain('aliases.smart');
  expect(message).toContain('openai, groq');
});

test('a bare name that is no alias, a bad id and a name of a provider are refused', () => {
  expect(refusal({ a: 'gpt' })).toContain('neither an alias');
  expect(refusal({ a: 'openai/../files' })).toContain('dot segment');
  expect(refusal({ 'openai/gpt': 'groq/llama' })).toContain('hide its models');
  expect(refusal({ openai: 'groq/llama' })).toContain('hide its models');
});
