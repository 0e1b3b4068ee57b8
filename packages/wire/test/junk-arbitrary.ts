import { InferwayError, type JsonValue } from '@inferway/core';
import fc from 'fast-check';
import { expect } from 'vitest';

/** JSON of any shape whose members have these names, and whose texts are among these words. */
export function junkOf(
  names: readonly string[],
  words: readonly string[],
): fc.Arbitrary<JsonValue> {
  return fc.letrec<{ value: JsonValue; object: JsonValue; list: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(
        fc.constantFrom(...words),
        fc.constantFrom(null, true, false, 0, 1, -1, 0.5, 1e308, 2 ** 53),
      ),
      tie('object'),
      tie('list'),
    ),
    object: fc
      .array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 6 })
      // As JSON.parse makes it: a key named __proto__ is a member of its own.
      .map((members) => {
        const text = members.map(
          ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
        );
        return JSON.parse(`{${text.join(',')}}`) as JsonValue;
      }),
    list: fc.array(tie('value'), { maxLength: 4 }),
  })).value;
}

/** Runs what may throw an `InferwayError` and nothing else, and leaves no trace on any prototype. */
export function held(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof InferwayError)) throw error;
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['a']).toBeUndefined();
}
