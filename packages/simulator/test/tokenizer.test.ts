import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens, tokenize } from '../src/index.js';

describe('the tokenizer', () => {
  it('cuts words in pieces of six with the space before them', () => {
    expect(tokenize('The harbourmaster, at 5pm!')).toEqual([
      'The',
      ' harbou',
      'rmaste',
      'r',
      ',',
      ' at',
      ' 5pm',
      '!',
    ]);
  });

  it('makes one token of further white space and of each Chinese character or emoji', () => {
    expect(tokenize('a  b\n\n\tc')).toEqual(['a', ' ', ' b', '\n\n\t', 'c']);
    expect(tokenize('潮汐 🌊')).toEqual(['潮', '汐', ' 🌊']);
  });

  it('loses nothing and counts what it makes, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.lorem()), (text) => {
        const tokens = tokenize(text);
        expect(tokens.join('')).toBe(text);
        expect(countTokens(text)).toBe(tokens.length);
        expect(tokens).not.toContain('');
      }),
    );
  });
});
