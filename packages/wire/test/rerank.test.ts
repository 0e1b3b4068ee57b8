import type { RerankRequest, RerankResult } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rerank, type RerankDialect } from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import { AS, overTheWire, targetOf, text } from './media-door.js';
import { jsonObject, maybe, passthrough, word } from './openai-arbitraries.js';
import { refusal } from './refusal.js';

const request: fc.Arbitrary<RerankRequest> = maybe(
  { query: text, documents: fc.array(fc.oneof(text, jsonObject), { minLength: 1 }) },
  {
    topN: fc.integer({ min: 1, max: 9 }),
    rankFields: fc.array(word),
    returnDocuments: fc.boolean(),
    maxTokensPerDocument: fc.integer({ min: 1, max: 9999 }),
    user: text,
    passthrough: passthrough('rerank'),
  },
);
const score = fc.integer({ min: -1000, max: 1000 }).map((value) => value / 1000);
const result: fc.Arbitrary<RerankResult> = fc.record({
  id: word,
  model: word,
  results: fc
    .uniqueArray(maybe({ index: fc.nat({ max: 99 }), score }, { document: text }), {
      minLength: 1,
      selector: ({ index }) => index,
    })
    .map((list) => list.sort((a, b) => b.score - a.score)),
});
const TEXTS: RerankDialect = { shape: 'texts' };

const read = (body: unknown, asked: Partial<RerankRequest> = {}): RerankResult =>
  rerank.decodeResponse(body, { ...sourceOf([]), request: asked }).result;

describe('Rerank', () => {
  it('decodes the request that it encoded', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (whole) => {
        const target = targetOf<RerankDialect>();
        const body = await overTheWire(rerank.encodeRequest(whole, target));
        expect(target.warnings).toEqual([]);
        expect(rerank.decodeRequest(body)).toEqual({
          model: 'm',
          stream: false,
          request: whole,
          as: {},
        });
      }),
    );
  });

  it('decodes the result that it encoded, with what it was billed by', async () => {
    await fc.assert(
      fc.asyncProperty(result, async (whole) => {
        const usage = { inputTokens: 7, units: { searches: 1 } };
        const body = await overTheWire(rerank.encodeResponse({ result: whole, usage }, AS));
        const decoded = rerank.decodeResponse(body, sourceOf([]));
        expect(decoded.result).toEqual(whole);
        expect(decoded.usage).toMatchObject(usage);
        const bare = rerank.encodeResponse({ result: whole }, { ...AS, form: 'texts' });
        expect(Array.isArray(bare)).toBe(true);
        expect(read(await overTheWire(bare)).results).toEqual(whole.results);
      }),
    );
  });

  it('writes the bare shape, and does itself what that cannot ask for', () => {
    const target = targetOf(TEXTS);
    const asked: RerankRequest = {
      query: 'q',
      documents: ['a', { text: 'b' }, { title: 'c', body: 'd', n: 1 }],
      topN: 2,
      returnDocuments: true,
      maxTokensPerDocument: 9,
    };
    expect(rerank.encodeRequest(asked, target)).toEqual({
      query: 'q',
      texts: ['a', 'b', '{"title":"c","body":"d","n":1}'],
      return_text: true,
    });
    expect(target.warnings.map(({ setting }) => setting)).toEqual(['maxTokensPerDocument']);
    const fields = { ...asked, rankFields: ['title', 'n', 'none'] };
    expect(rerank.encodeRequest(fields, targetOf(TEXTS))['texts']).toEqual(['a', '', 'c\n1']);
    const answer = [
      { index: 1, score: 0.5, text: 'b' },
      { index: 2, score: 0.9, text: 'c' },
      { index: 0, score: 0.1, text: 'a' },
    ];
    expect(read(answer, asked)).toEqual({
      results: [
        { index: 2, score: 0.9, document: asked.documents[2] },
        { index: 1, score: 0.5, document: { text: 'b' } },
      ],
    });
  });

  it('does not send what is refused, and tells only of what is lost', () => {
    const target = targetOf<RerankDialect>({
      unsupported: ['topN', 'returnDocuments', 'user'],
      fields: { maxTokensPerDocument: 'max_tokens' },
    });
    const asked: RerankRequest = {
      query: 'q',
      documents: ['a'],
      topN: 1,
      returnDocuments: true,
      maxTokensPerDocument: 5,
      user: 'u',
    };
    expect(rerank.encodeRequest(asked, target)).toEqual({
      model: 'm',
      query: 'q',
      documents: ['a'],
      max_tokens: 5,
    });
    expect(target.warnings.map(({ setting }) => setting)).toEqual(['user']);
    expect(read({ results: [{ index: 0, relevance_score: 1 }] }, asked).results[0]).toEqual({
      index: 0,
      score: 1,
      document: 'a',
    });
  });

  it('understands the lists, scores and documents of every provider', () => {
    const entry = { index: 0, relevance_score: 0.5, document: { text: 'a', multi_modal: null } };
    expect(read({ object: 'list', data: [entry], model: 'm' })).toEqual({
      model: 'm',
      results: [{ index: 0, score: 0.5, document: 'a' }],
    });
    const usage = (body: object): unknown =>
      rerank.decodeResponse({ results: [entry], ...body }, sourceOf([])).usage;
    expect(usage({ usage: { total_tokens: 56 } })).toMatchObject({ inputTokens: 56 });
    expect(usage({ meta: { billed_units: { search_units: 2 } } })).toMatchObject({
      units: { searches: 2 },
    });
    expect(usage({})).toBeUndefined();
    expect(usage({ meta: { api_version: { version: '2' } } })).toBeUndefined();
    expect(() => read({ results: [] })).toThrow(
      expect.objectContaining({ code: 'empty_response' }),
    );
    expect(() => read({ message: 'bad model' })).toThrow(
      expect.objectContaining({ code: 'server' }),
    );
    expect(() => read('x')).toThrow(expect.objectContaining({ code: 'protocol' }));
  });

  it('refuses wrong requests by the path of the field', () => {
    const decode = (fields: object): unknown =>
      rerank.decodeRequest({ model: 'm', query: 'q', documents: ['a'], ...fields });
    const wrong: [object, string][] = [
      [{ model: undefined }, 'model'],
      [{ query: 1 }, 'query'],
      [{ documents: [] }, 'documents'],
      [{ documents: 'a' }, 'documents'],
      [{ documents: ['a', 1] }, 'documents[1]'],
      [{ texts: [{ text: 'a' }] }, 'texts[0]'],
      [{ top_n: 0 }, 'top_n'],
      [{ rank_fields: [1] }, 'rank_fields[0]'],
      [{ return_documents: 'yes' }, 'return_documents'],
      [{ max_tokens_per_doc: 1.5 }, 'max_tokens_per_doc'],
    ];
    for (const [fields, param] of wrong) expect(refusal(() => decode(fields)).param).toBe(param);
    const bare = rerank.decodeRequest({ query: 'q', texts: ['a'], return_text: true });
    expect(bare).toMatchObject({ model: '', as: { form: 'texts' } });
  });
});
