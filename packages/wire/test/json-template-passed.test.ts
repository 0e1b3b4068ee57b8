import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonTemplate } from '../src/json-template.js';

interface Numbered {
  readonly type: string;
  readonly delta: string;
  readonly n: unknown;
  readonly pad: unknown;
}

/** Places of the members that mean nothing: before the text, after it, and around it. */
const ORDERS: readonly (readonly (keyof Numbered)[])[] = [
  ['type', 'n', 'delta', 'pad'],
  ['n', 'type', 'delta'],
  ['delta', 'type', 'n'],
  ['pad', 'n', 'delta', 'type'],
  ['type', 'delta', 'pad', 'n'],
];

const order = fc.constantFrom(...ORDERS);
const text = fc.string({ unit: 'grapheme' });
const count = fc.nat();
const plain = fc.stringMatching(/^\w{0,20}$/u);
const numbered = fc.record({ delta: text, n: count, pad: plain });

function write(values: Omit<Numbered, 'type'>, members: readonly (keyof Numbered)[]): string {
  const all: Numbered = { type: 'more', ...values };
  return JSON.stringify(Object.fromEntries(members.map((member) => [member, all[member]])));
}

function learnt(first: Omit<Numbered, 'type'>, members: readonly (keyof Numbered)[]): JsonTemplate {
  const template = new JsonTemplate('n', 'pad');
  expect(template.learn(write(first, members), 'delta', first.delta)).toBe(true);
  return template;
}

/** What tells one event from another, but for what is passed over. */
function meant(data: string): object | undefined {
  try {
    const { n: _n, pad: _pad, ...rest } = JSON.parse(data) as Partial<Numbered>;
    return rest;
  } catch {
    return undefined;
  }
}

describe('A template that passes members over', () => {
  it('reads any string, whatever their counts and plain strings are', () => {
    fc.assert(
      fc.property(numbered, numbered, order, (first, second, members) => {
        expect(learnt(first, members).read(write(second, members))).toBe(second.delta);
      }),
    );
  });

  it('reads what the parser reads, or nothing', () => {
    const value = fc.oneof(fc.jsonValue(), count, plain, text);
    const other = fc.record({ delta: text, n: value, pad: value });
    // Pieces of what the format is made of, put anywhere, make texts that are nearly right.
    const piece = fc.constantFrom('"', '\\', '{', '}', ',', '0', '-', '.', '"n":', '"delta":"', '');
    const edit = fc.record({ at: fc.nat(60), drop: fc.nat(3), piece });
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(
        numbered,
        other,
        order,
        fc.array(edit, { maxLength: 2 }),
        (first, second, members, edits) => {
          let data = write(second, members);
          for (const { at, drop, piece: put } of edits) {
            data = data.slice(0, at) + put + data.slice(at + drop);
          }
          const read = learnt(first, members).read(data);
          if (read === undefined) {
            seen.refused++;
            return;
          }
          seen.read++;
          expect(meant(data)).toEqual({ ...meant(write(first, members)), delta: read });
        },
      ),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100);
  });

  it.each([
    ['a count with a zero in front', '{"n":07,"delta":"x"}'],
    ['no count', '{"n":,"delta":"x"}'],
    ['a negative number', '{"n":-7,"delta":"x"}'],
    ['a fraction', '{"n":7.5,"delta":"x"}'],
    ['a string with an escape', '{"n":"\\"","delta":"x"}'],
    ['a string without an end', '{"n":"'],
    ['null', '{"n":null,"delta":"x"}'],
    ['a list', '{"n":[7],"delta":"x"}'],
    ['nothing behind it', '{"n":7'],
  ])('leaves %s to the parser, before the string and after it', (_what, data) => {
    const before = new JsonTemplate('n');
    before.learn('{"n":7,"delta":"x"}', 'delta', 'x');
    expect(before.read(data)).toBeUndefined();
    expect(before.read('{"n":0,"delta":"y"}')).toBe('y');
    const value = data.slice('{"n":'.length).replace(/,"delta":"x"\}$/u, '');
    const after = new JsonTemplate('n');
    after.learn('{"delta":"x","n":7}', 'delta', 'x');
    expect(after.read(`{"delta":"x","n":${value}}`)).toBe(value === '7' ? 'x' : undefined);
    expect(after.read('{"delta":"y","n":10}')).toBe('y');
  });

  it('passes nothing but members of the names given', () => {
    const template = new JsonTemplate('n');
    const data = (m: number, odd: number): string => `{"m":${m},"x\\"n":${odd},"n":1,"delta":"a"}`;
    template.learn(data(1, 1), 'delta', 'a');
    expect(template.read(data(1, 1))).toBe('a');
    expect(template.read(data(2, 1))).toBeUndefined();
    expect(template.read(data(1, 2))).toBeUndefined();
    expect(template.read(data(1, 1).replace(',"n":1', ',"n":12345'))).toBe('a');
  });
});
