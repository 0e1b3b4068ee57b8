import type { JsonObject, RerankRequest } from '@inferway/core';
import { rerank, type WireBody } from '@inferway/wire';
import type { Voice } from '../protocols/voice.js';
import { countTokens } from '../text/tokenizer.js';
import type { Endpoint } from './endpoint.js';
import { findPlain } from './find-plain.js';

/** As Cohere bills: a query with up to so many documents. */
const DOCUMENTS_A_SEARCH = 100;

/** A route that ranks by the words that a document shares with the query; rare ones count for more. */
export function rerankEndpoint(
  voice: Voice,
  format: Endpoint<'rerank', WireBody, WireBody>['format'] = rerank,
): Endpoint<'rerank', WireBody, WireBody> {
  return {
    format,
    voice,
    kind: 'rerank',
    cache: 'none',
    find: findPlain,
    segments: (request) =>
      [request.query, ...textsOf(request)].map((text) => ({ text, tokens: countTokens(text) })),
    maxOutputTokens: () => undefined,
    generate(request) {
      const { documents, topN = documents.length, returnDocuments = false } = request;
      const scores = scored(request.query, textsOf(request));
      return {
        outputTokens: 0,
        reasoningTokens: 0,
        usage: { units: { searches: Math.ceil(documents.length / DOCUMENTS_A_SEARCH) } },
        steps: () => [],
        result: () => ({
          results: scores
            .map((score, index) => ({ index, score }))
            .sort((a, b) => b.score - a.score || a.index - b.index)
            .slice(0, topN)
            .map(({ index, score }) => {
              const document = documents[index];
              return returnDocuments && document !== undefined
                ? { index, score, document }
                : { index, score };
            }),
        }),
      };
    },
  };
}

function textsOf({ documents, rankFields }: RerankRequest): readonly string[] {
  return documents.map((document) => (typeof document === 'string' ? document : joined(document)));

  function joined(document: JsonObject): string {
    const fields = rankFields ?? Object.keys(document);
    return fields.map((field) => String(document[field] ?? '')).join(' ');
  }
}

/** The share of the query's words that a document has, weighed by how few documents have them: 0 to 1. */
function scored(query: string, texts: readonly string[]): readonly number[] {
  const bags = texts.map((text) => new Set(wordsOf(text)));
  const weights = new Map(
    [...new Set(wordsOf(query))].map((word) => {
      const holders = bags.filter((bag) => bag.has(word)).length;
      return [word, Math.log(1 + (texts.length + 1) / (holders + 1))] as const;
    }),
  );
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return bags.map((bag) => {
    let shared = 0;
    for (const [word, weight] of weights) if (bag.has(word)) shared += weight;
    return all === 0 ? 0 : Math.round((shared / all) * 1e6) / 1e6;
  });
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
