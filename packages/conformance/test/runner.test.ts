import { describe, expect, it } from 'vitest';
import { testMiddleware, testProvider } from '../src/index.js';
import { createReference, referenceWire } from './support/reference.js';

describe('where tests are registered', () => {
  it('vitest without globals is told to give its functions', () => {
    const suite = { operations: ['chat'], wire: referenceWire } as const;
    const cure = {
      code: 'configuration',
      param: 'runner',
      message: expect.stringContaining('runner') as string,
    };
    expect(() => testProvider(createReference, suite)).toThrow(expect.objectContaining(cure));
    expect(() => testMiddleware(() => (call, next) => next(call) as never)).toThrow(
      expect.objectContaining(cure),
    );
  });

  it('an operation that the kit does not know needs a sample and a wire', () => {
    const runner = { describe: (_name: string, body: () => void) => body(), it: () => {} };
    const suite = { operations: ['classify'], wire: {}, runner } as never;
    expect(() => testProvider(createReference, suite)).toThrow(/has no wire for "classify"/u);
  });
});
