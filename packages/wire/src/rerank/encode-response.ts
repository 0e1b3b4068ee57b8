import type { JsonObject, RankedDocument, Usage } from '@inferway/core';
import type { Decoded, EncodeAs, StreamAs } from '../format.js';
import { defined } from '../json-body.js';

/** Canonical result to the body of a rerank call, or to the bare list of the shape `texts`. */
export function encodeResponse(
  { result, usage }: Decoded<'rerank'>,
  as: EncodeAs & StreamAs,
): JsonObject | readonly JsonObject[] {
  if (as.form === 'texts') {
    return result.results.map(({ index, score, document }) =>
      defined({ index, score, text: typeof document === 'string' ? document : undefined }),
    );
  }
  return defined({
    id: result.id ?? as.id,
    model: result.model ?? as.model,
    results: result.results.map((ranked) => writeResult(ranked)),
    meta: writeMeta(usage),
    usage: writeTokens(usage),
  });
}

function writeResult({ index, score, document }: RankedDocument): JsonObject {
  return defined({
    index,
    relevance_score: score,
    document: typeof document === 'string' ? { text: document } : document,
  });
}

/** Always there: Cohere's clients require it. */
function writeMeta(usage: Usage | undefined): JsonObject {
  const searches = usage?.units?.searches;
  return defined({
    api_version: { version: '2' },
    billed_units: searches === undefined ? undefined : { search_units: searches },
  });
}

function writeTokens(usage: Usage | undefined): JsonObject | undefined {
  const { inputTokens, outputTokens } = usage ?? {};
  if (inputTokens === undefined) return undefined;
  return defined({
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + (outputTokens ?? 0),
  });
}
