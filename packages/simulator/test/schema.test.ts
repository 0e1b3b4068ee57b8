import type { JsonObject } from '@inferway/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceOf } from '../src/schema/instance.js';
import { SeededRandom } from '../src/seeded-random.js';

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

const WORDS = ['Paris', 'weather', 'tomorrow'];

function expectValid(schema: JsonObject, seed: number): void {
  const value = instanceOf(schema, WORDS, new SeededRandom(seed));
  const valid = ajv.validate(schema, value);
  expect(valid, `${JSON.stringify(value)} for ${JSON.stringify(schema)}: ${ajv.errorsText()}`).toBe(
    true,
  );
}

const object = (properties: Record<string, unknown>, more: object = {}): JsonObject =>
  ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    ...more,
  }) as JsonObject;

const SCHEMAS: Readonly<Record<string, JsonObject>> = {
  'nested objects and arrays': object({
    a: object({
      b: {
        type: 'array',
        items: { enum: ['x', 'y'] },
        minItems: 2,
        maxItems: 3,
        uniqueItems: true,
      },
    }),
    c: { type: 'array', items: object({ d: { type: 'string' } }), minItems: 1 },
  }),
  constants: object({ a: { const: 'exactly' }, b: { const: 7 }, c: { const: null } }),
  patterns: object({
    zip: { type: 'string', pattern: '^\\d{5}(-\\d{4})?$' },
    password: { type: 'string', pattern: '^(?=.*[A-Z])[A-Za-z0-9]{8,12}$' },
    part: { type: 'string', pattern: 'foo' },
    letters: { type: 'string', pattern: '^\\p{L}+$' },
    mixed: { type: 'string', pattern: '^[\\p{L}\\p{N} ]{3,8}$' },
  }),
  formats: object(
    Object.fromEntries(
      [
        'date',
        'time',
        'date-time',
        'email',
        'uri',
        'uuid',
        'ipv4',
        'ipv6',
        'hostname',
        'duration',
      ].map((format) => [format.replace('-', '_'), { type: 'string', format }]),
    ),
  ),
  'number ranges': object({
    a: { type: 'integer', minimum: 3, maximum: 5 },
    b: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.001 },
    c: { type: 'number', multipleOf: 0.25, minimum: 1, maximum: 2 },
    d: { type: 'integer', multipleOf: 7, minimum: 10 },
    e: { type: 'integer', minimum: 1_000_000_000_000 },
    f: { type: 'integer', maximum: -5000 },
  }),
  'string lengths': object({
    a: { type: 'string', minLength: 100, maxLength: 101 },
    b: { type: 'string', maxLength: 2 },
  }),
  allOf: {
    allOf: [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      { type: 'object', properties: { b: { type: 'number', minimum: 1 } }, required: ['b'] },
    ],
  },
  'anyOf with null': object({ a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }),
  'oneOf whose branches overlap': object({
    a: {
      oneOf: [
        { type: 'integer', multipleOf: 3 },
        { type: 'integer', multipleOf: 5 },
      ],
    },
  }),
  'anyOf of objects': {
    anyOf: [
      object({ type: { const: 'circle' }, radius: { type: 'number' } }),
      object({ type: { const: 'square' }, side: { type: 'number' } }),
    ],
  },
  'anyOf beside properties': {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    anyOf: [
      { required: ['b'], properties: { b: { type: 'integer' } } },
      { required: ['c'], properties: { c: { type: 'string' } } },
    ],
  },
  'a tree by $ref': object(
    { tree: { $ref: '#/$defs/node' } },
    {
      $defs: {
        node: object({
          value: { type: 'string' },
          children: { type: 'array', items: { $ref: '#/$defs/node' } },
        }),
      },
    },
  ),
  'a recursive anyOf': {
    $ref: '#/definitions/expression',
    definitions: {
      expression: {
        anyOf: [
          { type: 'number' },
          {
            type: 'object',
            properties: {
              left: { $ref: '#/definitions/expression' },
              right: { $ref: '#/definitions/expression' },
            },
            required: ['left', 'right'],
          },
        ],
      },
    },
  },
  'type lists': object({
    a: { type: ['string', 'null'], minLength: 5, maxLength: 7 },
    b: { type: ['integer', 'boolean'] },
  }),
  not: object({ a: { type: 'string', not: { const: 'Paris' } } }),
  conditions: {
    type: 'object',
    properties: { kind: { enum: ['a', 'b'] }, count: { type: 'number' } },
    required: ['kind'],
    if: { properties: { kind: { const: 'a' } } },
    then: { required: ['count'] },
  },
  contains: { type: 'array', contains: { const: 4 }, items: { type: 'integer' }, minItems: 2 },
  tuples: {
    type: 'array',
    prefixItems: [{ type: 'string' }, { type: 'integer' }],
    items: false,
    minItems: 2,
  },
  'free properties': {
    type: 'object',
    additionalProperties: { type: 'integer' },
    minProperties: 2,
  },
  'property names by pattern': {
    type: 'object',
    propertyNames: { pattern: '^[a-z]{3}$' },
    minProperties: 2,
  },
  'property names by list': {
    type: 'object',
    propertyNames: { enum: ['red', 'green', 'blue'] },
    additionalProperties: { type: 'number' },
    minProperties: 1,
  },
  'pattern properties': {
    type: 'object',
    patternProperties: { '^x-[a-z]+$': { type: 'string' } },
    additionalProperties: false,
    minProperties: 1,
  },
  'dependent properties': object(
    { a: { type: 'string' } },
    { dependentRequired: { a: ['b'] }, additionalProperties: true },
  ),
  'unique strings': object({
    tags: { type: 'array', items: { type: 'string' }, uniqueItems: true, minItems: 2, maxItems: 3 },
  }),
  'nothing said': {},
  'an empty object': { type: 'object', properties: {}, additionalProperties: false },
};

describe('values made for a schema', () => {
  it.each(Object.entries(SCHEMAS))('are valid: %s', (_name, schema) => {
    for (let seed = 1; seed <= 60; seed++) expectValid(schema, seed);
  });

  it('are valid for any schema of common keywords', () => {
    const leaf = fc.oneof(
      fc.record(
        {
          type: fc.constant('string'),
          minLength: fc.nat(5),
          maxLength: fc.integer({ min: 5, max: 20 }),
        },
        { requiredKeys: ['type'] },
      ),
      fc.record(
        {
          type: fc.constantFrom('integer', 'number'),
          minimum: fc.integer({ min: -1e6, max: 0 }),
          maximum: fc.integer({ min: 1, max: 1e6 }),
        },
        { requiredKeys: ['type'] },
      ),
      fc.constant({ type: 'boolean' }),
      fc.constant({ type: 'null' }),
      fc
        .uniqueArray(fc.string(), { minLength: 1, maxLength: 4 })
        .map((values) => ({ enum: values })),
      fc
        .constantFrom('date', 'uuid', 'email', 'uri', 'date-time')
        .map((format) => ({ type: 'string', format })),
      fc
        .constantFrom('^[a-z]{2,4}$', '^(red|blue)-\\d+$', '^#[0-9a-f]{6}$')
        .map((pattern) => ({ type: 'string', pattern })),
    );
    const name = fc.stringMatching(/^[a-z_]{1,8}$/u);
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc
          .tuple(fc.dictionary(name, tie('node'), { maxKeys: 4 }), fc.boolean(), fc.boolean())
          .map(([properties, all, closed]) => ({
            type: 'object',
            properties,
            required: all ? Object.keys(properties) : Object.keys(properties).slice(0, 1),
            ...(closed ? { additionalProperties: false } : {}),
          })),
        fc
          .tuple(tie('node'), fc.nat(2), fc.integer({ min: 2, max: 4 }))
          .map(([items, minItems, maxItems]) => ({ type: 'array', items, minItems, maxItems })),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      ),
    }));
    fc.assert(
      fc.property(node, fc.integer({ min: 1, max: 1e9 }), (schema, seed) => {
        expectValid(schema as JsonObject, seed);
      }),
      { numRuns: 300 },
    );
  });

  it('are the same for the same seed', () => {
    const schema = SCHEMAS['nested objects and arrays'] ?? {};
    const one = instanceOf(schema, WORDS, new SeededRandom(5));
    expect(instanceOf(schema, WORDS, new SeededRandom(5))).toEqual(one);
    expect(instanceOf(schema, WORDS, new SeededRandom(6))).not.toEqual(one);
  });

  it('take free strings from the prompt', () => {
    const value = instanceOf(object({ city: { type: 'string' } }), WORDS, new SeededRandom(1));
    expect(WORDS).toContain((value as { city: string }).city);
  });

  it('are refused where the schema contradicts itself', () => {
    expect(() =>
      instanceOf({ allOf: [{ type: 'string' }, { type: 'number' }] }, WORDS, new SeededRandom(1)),
    ).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
