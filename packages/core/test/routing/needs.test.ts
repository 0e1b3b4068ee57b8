import type { Call } from '@inferway/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateInput, roughInput } from '../../src/token-estimate.js';
import { Needs } from '../../src/routing/needs.js';

const call = (operation: string, request: object): Call =>
  ({ operation, stream: false, request }) as unknown as Call;

test('the quick look at a request never hides that it does not fit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.option(fc.nat(500), { nil: undefined }),
      fc.nat(600),
      (texts, maxOutputTokens, window) => {
        const messages = texts.map((content) => ({ role: 'user', content }));
        const chat = call('chat', {
          messages,
          ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
        });
        expect(roughInput(chat)).toBeGreaterThanOrEqual(estimateInput(chat));
        const needed = estimateInput(chat) + (maxOutputTokens ?? 0);
        expect(new Needs(chat, 500).windowTokensAbove(window)).toBe(
          needed > window ? needed : undefined,
        );
      },
    ),
  );
});

test('texts to embed have the window for themselves, each', () => {
  const above = (input: unknown, window: number) =>
    new Needs(call('embed', { input }), 500).windowTokensAbove(window);
  expect(above(Array(100).fill('x'.repeat(400)), 100)).toBeUndefined();
  expect(above(['x', 'x'.repeat(404)], 100)).toBe(101);
  expect(above([[1, 2, 3]], 2)).toBe(3);
  expect(above('x'.repeat(404), 100)).toBe(101);
});

test('what no window is for needs none', () => {
  expect(
    new Needs(call('image', { prompt: 'x'.repeat(1e6) }), 500).windowTokensAbove(1),
  ).toBeUndefined();
});

test('the output that is expected: as bounded, else typical, for each answer; none where no text comes', () => {
  expect(
    new Needs(call('chat', { messages: [], maxOutputTokens: 7, choices: 3 }), 500).outputTokens,
  ).toBe(21);
  expect(new Needs(call('complete', { prompt: 'x' }), 500).outputTokens).toBe(500);
  expect(new Needs(call('embed', { input: 'x' }), 500).outputTokens).toBe(0);
});
