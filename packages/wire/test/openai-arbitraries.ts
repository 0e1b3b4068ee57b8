import type { JsonObject, JsonValue, Passthrough, Usage } from '@inferway/core';
import fc from 'fast-check';

type Arbitraries<T> = { [P in keyof T]: fc.Arbitrary<T[P]> };

/** Objects with all of `always` and any of `sometimes`; what is absent is no member. */
export function maybe<A extends object, S extends object>(
  always: Arbitraries<A>,
  sometimes: Arbitraries<S>,
): fc.Arbitrary<A & Partial<S>> {
  return fc.record({ ...always, ...sometimes } as Arbitraries<A & S>, {
    requiredKeys: Object.keys(always) as never,
  }) as unknown as fc.Arbitrary<A & Partial<S>>;
}

/** A name of some kind: never empty, nothing special. */
export const word: fc.Arbitrary<string> = fc.stringMatching(/^[A-Za-z][\w-]{0,9}$/u);

/**
 * Keys without characters that JSON escapes: V8 13.6 (Node 24.21) at times reads a key that is one escaped character (`"\\n"`) as a backslash,
 * which is its fault and not that of what is tested here.
 */
const key = fc
  .string({ maxLength: 6 })
  .filter((name) => name !== '__proto__' && JSON.stringify(name).length === name.length + 2);

/** JSON that survives `stringify` and `parse`: no negative zero. */
export const json: fc.Arbitrary<JsonValue> = fc
  .anything({
    key,
    maxDepth: 2,
    values: [
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    ],
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

export const jsonObject: fc.Arbitrary<JsonObject> = fc
  .dictionary(key, json, { maxKeys: 3 })
  .map((object) => JSON.parse(JSON.stringify(object)) as JsonObject);

/** Fields that no format has a name for. */
export function passthrough(format: string): fc.Arbitrary<Passthrough> {
  return fc
    .dictionary(
      fc.stringMatching(/^x_[a-z]{1,6}$/u),
      json.filter((value) => value !== null),
      { minKeys: 1, maxKeys: 3 },
    )
    .map((fields) => ({ format, fields: { ...fields } }));
}

/** Finite numbers without negative zero, which JSON does not know. */
export function number(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true }).map((value) => (value === 0 ? 0 : value));
}

const count = fc.nat({ max: 1_000_000 });

/** Usage as providers can report it: parts are not more than their totals. */
export const anyUsage: fc.Arbitrary<Usage> = fc
  .record({
    input: count,
    output: count,
    parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    cost: fc.option(fc.nat({ max: 2 ** 31 - 1 })),
    which: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  })
  .map(({ input, output, parts, cost, which }) => {
    const part = (total: number, index: number): number => Math.floor(total * (parts[index] ?? 0));
    return {
      inputTokens: input,
      outputTokens: output,
      ...(which[0] === true ? { cacheReadTokens: part(input, 0) } : {}),
      ...(which[1] === true ? { cacheWriteTokens: part(input, 1) } : {}),
      ...(which[2] === true ? { reasoningTokens: part(output, 2) } : {}),
      ...(which[3] === true ? { outputAudioTokens: part(output, 3) } : {}),
      ...(cost === null ? {} : { reportedCost: cost }),
    };
  });
