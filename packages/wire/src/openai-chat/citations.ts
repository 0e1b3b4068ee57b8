import type { Citation, JsonObject, JsonValue } from '@inferway/core';
import { defined } from '../json-body.js';
import { asList, asNumber, asObject, asObjects, asString } from '../lenient.js';
import { OPENAI_CHAT } from './dialect.js';

/** `annotations` of a message, or else Perplexity's list of URLs beside the choices. */
export function readCitations(
  annotations: JsonValue | undefined,
  urls?: JsonValue | undefined,
): Citation[] {
  const citations = asObjects(annotations).map((annotation) => readCitation(annotation));
  if (citations.length > 0) return citations;
  return asList(urls).flatMap((url) => (typeof url === 'string' ? [{ url }] : []));
}

function readCitation(annotation: JsonObject): Citation {
  const cited = asObject(annotation['url_citation']);
  // Other kinds (a file's, a provider's own) come back as they were.
  if (cited === undefined) return { opaque: { format: OPENAI_CHAT, value: annotation } };
  return defined({
    url: asString(cited['url']),
    title: asString(cited['title']),
    quote: asString(cited['content']),
    start: asNumber(cited['start_index']),
    end: asNumber(cited['end_index']),
  });
}

export function writeCitation(citation: Citation): JsonValue {
  if (citation.opaque?.format === OPENAI_CHAT) return citation.opaque.value;
  return {
    type: 'url_citation',
    url_citation: defined({
      url: citation.url,
      title: citation.title,
      content: citation.quote,
      start_index: citation.start,
      end_index: citation.end,
    }),
  };
}
