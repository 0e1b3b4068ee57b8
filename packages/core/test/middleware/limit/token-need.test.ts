import { State, type Call } from '@inferway/core';
import { virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { needReader, wholeNumber } from '../../../src/middleware/limit/token-need.js';

function need(request: object, writes: boolean) {
  const traits = (): unknown => (writes ? { fold: () => undefined } : undefined);
  const state = new State({ clock: virtualClock(), traits: traits as never });
  return needReader(
    'test',
    { inputTokens: () => 4.2 },
    1000,
  )({ request, state } as unknown as Call);
}

test('output is what a request names, else what is assumed where the operation writes at all', () => {
  expect(need({}, true)).toEqual({ input: 5, output: 1000 });
  expect(need({}, false)).toEqual({ input: 5, output: 0 });
  expect(need({ maxOutputTokens: 30 }, true).output).toBe(30);
  expect(need({ maxOutputTokens: 30, choices: 4 }, true).output).toBe(120);
  expect(need({ choices: 2 }, true).output).toBe(2000);
});

test('a count of a provider is taken where it is one', () => {
  expect([5, 4.1, 0].map(wholeNumber)).toEqual([5, 5, 0]);
  expect(
    [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', undefined, 2 ** 60].map(wholeNumber),
  ).toEqual(Array(6).fill(undefined));
});
