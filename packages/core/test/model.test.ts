import { formatModel, parseModel } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const plain = fc.stringMatching(/^[A-Za-z0-9:@+_-][\w.:@+-]{0,20}$/u);
const id = fc.array(plain, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));

const codeOf = (model: unknown): string => {
  try {
    parseModel(model as string);
    return 'accepted';
  } catch (error) {
    return (error as { code?: string }).code ?? 'thrown raw';
  }
};

test('what is formatted is read back', () => {
  fc.assert(
    fc.property(plain, id, (provider, modelId) => {
      const model = { provider, id: modelId };
      expect(parseModel(formatModel(model))).toEqual(model);
      expect(parseModel(model)).toEqual(model);
    }),
  );
});

test('any text is either read or refused with invalid_request, and what is read stays under its route', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.string({
          unit: fc.constantFrom('.', '/', '\\', '%', '?', '#', 'a', '．', '／', '2', 'e'),
        }),
      ),
      (text) => {
        const code = codeOf(`openai/${text}`);
        expect(['accepted', 'invalid_request']).toContain(code);
        if (code !== 'accepted') return;
        // As a careless adapter would put it into a path.
        const url = new URL(`https://host/v1/models/${text}`);
        expect(url.pathname.startsWith('/v1/models/')).toBe(true);
        expect(url.search).toBe('');
        expect(url.hash).toBe('');
        expect(url.pathname.split('/').length).toBe(`/v1/models/${text}`.split('/').length);
      },
    ),
    { numRuns: 3000 },
  );
});

describe('ids that would reach another route are refused', () => {
  test.each([
    'a/../../files',
    '..',
    '.',
    'a/./b',
    '%2e%2e',
    'a\\..\\b',
    'm?x',
    'm#x',
    '．．/files',
    'a/．．',
    'a//b',
    'a/',
    '/a',
    'a\nb',
    'a\u0000',
    'a\u0085b',
    'a℅', // NFKC: c/o
    '‥', // NFKC: two dots
  ])('%j', (modelId) => {
    if (modelId === 'a℅') {
      // Becomes an ordinary id of two segments.
      expect(codeOf({ provider: 'x', id: modelId })).toBe('accepted');
      return;
    }
    expect(codeOf({ provider: 'x', id: modelId })).toBe('invalid_request');
    expect(codeOf(`x/${modelId}`)).toBe('invalid_request');
  });
});

test('a model without its two parts is refused with the form to write', () => {
  for (const model of [
    '',
    'gpt-5',
    '/gpt-5',
    'openai/',
    undefined,
    null,
    {},
    { provider: 'x' },
    7,
  ]) {
    expect(codeOf(model)).toBe('invalid_request');
  }
});

test('a long id is cut in the message', () => {
  expect(() => parseModel(`${'x'.repeat(5000)}`)).toThrow(/^.{1,300}$/u);
});

test('who writes in a model that was read changes it for nobody else', () => {
  const read = parseModel('openai/gpt-5') as { id: string };
  read.id = 'dearest';
  const again = parseModel('openai/gpt-5') as { id: string };
  expect(again).toEqual({ provider: 'openai', id: 'gpt-5' });
  again.id = 'dearest';
  expect(parseModel('openai/gpt-5')).toEqual({ provider: 'openai', id: 'gpt-5' });
});
