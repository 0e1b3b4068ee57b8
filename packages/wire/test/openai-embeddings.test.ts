import type { EmbedRequest } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiEmbeddings, type DecodeSource } from '../src/index.js';
import { maybe, passthrough } from './openai-arbitraries.js';
import { sourceOf } from './decode-stream.js';
import { refusal } from './refusal.js';

const AS = { id: 'x', model: 'm', created: 0 };
const target: Parameters<typeof openaiEmbeddings.encodeRequest>[1] = {
  model: 'm',
  stream: false,
  provider: 'p',
  warn: (warning) => {
    throw new Error(warning.message);
  },
};
const asked = (encoding: EmbedRequest['encoding']): DecodeSource => ({
  ...sourceOf([]),
  request: { input: 'a', encoding },
});

const tokens = fc.array(fc.nat({ max: 200_000 }), { minLength: 1, maxLength: 5 });
const request: fc.Arbitrary<EmbedRequest> = maybe(
  {
    input: fc.oneof(
      fc.string(),
      fc.array(fc.string(), { minLength: 1 }),
      fc.array(tokens, { minLength: 1, maxLength: 4 }),
    ) as fc.Arbitrary<EmbedRequest['input']>,
  },
  {
    dimensions: fc.integer({ min: 1, max: 4096 }),
    encoding: fc.constantFrom('float' as const, 'base64' as const),
    user: fc.string(),
    passthrough: passthrough('openai-embeddings'),
  },
);
const vectors = fc.array(
  fc.array(
    fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    {
      minLength: 1,
      maxLength: 20,
    },
  ),
  { minLength: 1, maxLength: 5 },
);

describe('Embeddings', () => {
  it('decode the request that they encoded', () => {
    fc.assert(
      fc.property(request, (whole) => {
        const body: unknown = JSON.parse(
          JSON.stringify(openaiEmbeddings.encodeRequest(whole, target)),
        );
        const { encoding } = whole;
        expect(openaiEmbeddings.decodeRequest(body)).toEqual({
          model: 'm',
          stream: false,
          request: whole,
          as: encoding === undefined ? {} : { encoding },
        });
      }),
    );
  });

  it('give the same vectors as numbers and as base64, whichever way they travelled', () => {
    fc.assert(
      fc.property(vectors, (embeddings) => {
        const answer = { result: { embeddings, model: 'm' }, usage: { inputTokens: 3 } };
        for (const encoding of ['float', 'base64'] as const) {
          const body = JSON.parse(
            JSON.stringify(openaiEmbeddings.encodeResponse(answer, { ...AS, encoding })),
          ) as { data: { embedding: unknown }[] };
          expect(typeof body.data[0]?.embedding).toBe(encoding === 'float' ? 'object' : 'string');
          const { result, usage } = openaiEmbeddings.decodeResponse(body, asked('float'));
          expect(result).toEqual(answer.result);
          expect(usage).toMatchObject({ inputTokens: 3 });
          const kept = openaiEmbeddings.decodeResponse(body, asked('base64')).result;
          const inBase64 = openaiEmbeddings.encodeResponse(answer, { ...AS, encoding: 'base64' });
          expect(inBase64).toMatchObject({
            data: kept.embeddings.map((embedding) => ({ embedding })),
          });
          const again = openaiEmbeddings.encodeResponse(
            { result: kept },
            { ...AS, encoding: 'float' },
          );
          expect(JSON.parse(JSON.stringify(again))).toMatchObject({
            data: embeddings.map((embedding) => ({ embedding })),
          });
        }
      }),
    );
  });

  it('asked for as base64 of a provider that has none are written so here, and that is told', () => {
    const told: string[] = [];
    const to = { ...target, warn: ({ type }: { type: string }) => void told.push(type) };
    const dialect = { unsupported: ['encoding'] } as const;
    for (const encoding of ['float', 'base64'] as const) {
      const body = openaiEmbeddings.encodeRequest({ input: 'a', encoding }, { ...to, dialect });
      expect(body).toEqual({ model: 'm', input: 'a' });
    }
    expect(told).toEqual(['changed']);
    const { result } = openaiEmbeddings.decodeResponse(
      { data: [{ embedding: [1] }] },
      asked('base64'),
    );
    expect(result.embeddings).toEqual(['AACAPw==']);
  });

  it('put vectors in the order of their index', () => {
    const body = {
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: 'AACAPw==' },
      ],
      model: 'm',
    };
    const { result } = openaiEmbeddings.decodeResponse(body, sourceOf([]));
    expect(result.embeddings).toEqual([[1], [2]]);
  });

  it('refuse wrong inputs by their path', () => {
    const read = (fields: object): unknown =>
      openaiEmbeddings.decodeRequest({ model: 'm', input: 'a', ...fields });
    const wrong: [object, string][] = [
      [{ input: 7 }, 'input'],
      [{ input: [] }, 'input'],
      [{ input: ['a', 1] }, 'input[1]'],
      [{ input: [1, 'a'] }, 'input[1]'],
      [{ input: [[1], 'a'] }, 'input[1]'],
      [{ input: [[1], [2, -1]] }, 'input[1][1]'],
      [{ input: [[]] }, 'input[0]'],
      [{ input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
      [{ dimensions: 0 }, 'dimensions'],
      [{ encoding_format: 'int8' }, 'encoding_format'],
      [{ model: '' }, 'model'],
    ];
    for (const [fields, param] of wrong) expect(refusal(() => read(fields)).param).toBe(param);
    expect(read({ input: [1, 2] })).toMatchObject({ request: { input: [[1, 2]] } });
  });

  it('tell empty, failed and foreign answers apart', () => {
    const read = (body: unknown): unknown => openaiEmbeddings.decodeResponse(body, sourceOf([]));
    expect(() => read({ data: [] })).toThrow(expect.objectContaining({ code: 'empty_response' }));
    expect(() => read({ error: 'x' })).toThrow(expect.objectContaining({ code: 'server' }));
    expect(() => read({ detail: 'x' })).toThrow(expect.objectContaining({ code: 'server' }));
    expect(() => read('<html>')).toThrow(expect.objectContaining({ code: 'protocol' }));
    expect(() => read({ data: [{ embedding: 'not base64!' }] })).toThrow(
      expect.objectContaining({ code: 'protocol' }),
    );
  });
});
