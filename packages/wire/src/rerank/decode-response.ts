import {
  isJsonObject,
  type JsonObject,
  type RankedDocument,
  type RerankRequest,
  type RerankResult,
  type Usage,
} from '@inferway/core';
import type { Decoded, DecodeSource } from '../format.js';
import { defined } from '../json-body.js';
import { asCount, asNumber, asObject, asObjects, asText } from '../lenient.js';
import { emptyResponse, successBody } from '../openai/failure.js';
import { readUsage } from '../openai/usage.js';
import type { RerankDialect } from './dialect.js';

type Source = DecodeSource<RerankDialect>;

/**
 * Body of a rerank call to canonical result, the best first. Cuts to `topN` and adds the documents where the provider does neither; a document
 * is the one of the request where that is known.
 */
export function decodeResponse(body: unknown, from: Source): Decoded<'rerank'> {
  const answer = Array.isArray(body) ? undefined : successBody(body, 'results', from);
  const asked = from.request as Partial<RerankRequest> | undefined;
  const entries = answer === undefined ? asObjects(body as []) : listOf(answer);
  const results = entries
    .flatMap((entry) => readResult(entry, asked) ?? [])
    .sort((a, b) => b.score - a.score)
    .slice(0, asked?.topN ?? Infinity);
  if (results.length === 0) throw emptyResponse();
  const result: RerankResult = defined({
    results,
    id: asText(answer?.['id']),
    model: asText(answer?.['model']),
  });
  return defined({ result, usage: answer === undefined ? undefined : rerankUsage(answer) });
}

function listOf(answer: JsonObject): readonly JsonObject[] {
  const results = asObjects(answer['results']);
  return results.length > 0 ? results : asObjects(answer['data']);
}

function readResult(
  entry: JsonObject,
  asked: Partial<RerankRequest> | undefined,
): RankedDocument | undefined {
  const index = asCount(entry['index']);
  const score =
    asNumber(entry['relevance_score']) ??
    asNumber(entry['relevanceScore']) ??
    asNumber(entry['score']);
  if (index === undefined || score === undefined) return undefined;
  const own = asked?.documents?.[index];
  const document = asked?.returnDocuments === true && own !== undefined ? own : documentOf(entry);
  return defined({ index, score, document });
}

function documentOf({ document, text }: JsonObject): string | JsonObject | undefined {
  if (typeof document === 'string') return document;
  if (isJsonObject(document)) {
    const { text: inner, ...rest } = document;
    const alone = Object.values(rest).every((value) => value === null || value === undefined);
    return typeof inner === 'string' && alone ? inner : document;
  }
  return typeof text === 'string' ? text : undefined;
}

/** Searches are what Cohere bills; others tell tokens, some only their total. */
function rerankUsage(answer: JsonObject): Usage | undefined {
  const meta = asObject(answer['meta']);
  const billed = asObject(meta?.['billed_units']);
  const searches = asCount(billed?.['search_units']);
  const raw = asObject(answer['usage']);
  const tokens = raw === undefined ? undefined : readUsage(raw);
  const inputTokens =
    tokens?.inputTokens ??
    asCount(raw?.['total_tokens']) ??
    asCount(asObject(meta?.['tokens'])?.['input_tokens']) ??
    asCount(billed?.['input_tokens']);
  // A version alone tells of no usage.
  const known = raw ?? (billed !== undefined || inputTokens !== undefined ? meta : undefined);
  if (known === undefined) return undefined;
  return defined({
    ...tokens,
    inputTokens,
    units: searches === undefined ? undefined : { searches },
    raw: known,
  });
}
