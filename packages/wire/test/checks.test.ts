import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBody, type Fields } from '../src/index.js';

function refusal(read: () => unknown): { param: string | undefined; message: string } {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(InferwayError);
    const { code, param, message } = error as InferwayError;
    expect(code).toBe('invalid_request');
    return { param, message };
  }
  throw new Error('Nothing was refused.');
}

const body = (value: object): Fields => checkBody(value);

describe('strict reading of a body', () => {
  it('gives members in their type, and undefined for what is absent or null', () => {
    const fields = body({ s: 'x', n: 1.5, i: 3, b: false, o: { s: 'y' }, l: ['a'], z: null });
    expect(fields.string('s')).toBe('x');
    expect(fields.number('n', 0, 2)).toBe(1.5);
    expect(fields.integer('i')).toBe(3);
    expect(fields.boolean('b')).toBe(false);
    expect(fields.fields('o')?.requiredString('s')).toBe('y');
    expect(fields.strings('l')).toEqual(['a']);
    expect(fields.string('z')).toBeUndefined();
    expect(fields.number('absent')).toBeUndefined();
  });

  it('names the path of what is wrong, and not its value', () => {
    const fields = body({
      messages: [{ content: [{ type: 'secret' }, 7] }],
      temperature: 3,
      n: 1.5,
      stop: ['a', 2],
      metadata: { a: 1 },
    });
    const message = fields.requiredFieldsList('messages')[0];
    expect(refusal(() => message?.fieldsList('content')).param).toBe('messages[0].content[1]');
    expect(refusal(() => message?.string('content')).param).toBe('messages[0].content');
    expect(refusal(() => message?.requiredString('role'))).toEqual({
      param: 'messages[0].role',
      message: '"messages[0].role" is missing; give a string.',
    });
    expect(refusal(() => fields.number('temperature', 0, 2)).message).toBe(
      '"temperature" must be from 0 to 2.',
    );
    expect(refusal(() => fields.integer('n')).param).toBe('n');
    expect(refusal(() => fields.strings('stop')).param).toBe('stop[1]');
    expect(refusal(() => fields.strings('stop', 1)).param).toBe('stop');
    expect(refusal(() => fields.stringMap('metadata')).param).toBe('metadata.a');
    const part = body({ part: { type: 'secret' } }).requiredFields('part');
    const { param, message: text } = refusal(() => part.requiredOneOf('type', ['a', 'b']));
    expect(param).toBe('part.type');
    expect(text).not.toContain('secret');
  });

  it('refuses bodies that are no object, too deep or hold numbers that are not finite', () => {
    for (const value of [null, [], 'x', 1, undefined]) {
      expect(refusal(() => checkBody(value)).param).toBeUndefined();
    }
    const deep: unknown = JSON.parse(`{"tools":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(refusal(() => checkBody(deep)).param).toBe('tools');
    expect(refusal(() => checkBody(JSON.parse('{"a":{"b":[1,1e400]}}'))).param).toBe('a.b[1]');
    expect(() =>
      checkBody(JSON.parse(`{"tools":${'['.repeat(60)}${']'.repeat(60)}}`)),
    ).not.toThrow();
  });

  it('hands on unknown members, without __proto__ and nulls (F30)', () => {
    const fields = checkBody(
      JSON.parse('{"model":"m","__proto__":{"polluted":1},"top":1,"no":null,"constructor":2}'),
    );
    const rest = fields.rest(new Set(['model']));
    expect(Object.entries(rest ?? {})).toEqual([
      ['top', 1],
      ['constructor', 2],
    ]);
    expect(Object.getPrototypeOf(rest)).toBe(Object.prototype);
    expect(checkBody({ model: 'm' }).rest(new Set(['model']))).toBeUndefined();
  });

  it('ends in a value or an InferwayError for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = (): void => {
          const fields = checkBody(value);
          for (const key of Object.keys(fields.object)) {
            try {
              fields.fieldsList(key)?.forEach((entry) => entry.stringMap(key));
            } catch (error) {
              expect(error).toBeInstanceOf(InferwayError);
              expect(((error as InferwayError).param ?? '').startsWith(key)).toBe(true);
            }
          }
        };
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(InferwayError);
        }
      }),
    );
  });
});
