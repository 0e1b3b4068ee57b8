import { isJsonObject, type Citation, type JsonObject, type TextPart } from '@inferway/core';
import { asString } from '../lenient.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { ownFields } from './own-fields.js';

/** One citation of an answer. The original is kept, since it must come back unchanged. */
export function citationOf(value: JsonObject): Citation {
  const url = asString(value.url) ?? webAddress(value.source);
  const title = asString(value.title) ?? asString(value.document_title);
  const quote = asString(value.cited_text);
  return {
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(quote === undefined ? {} : { quote }),
    opaque: { format: ANTHROPIC_MESSAGES, value },
  };
}

/** The citations of a text block; undefined for none. */
export function citationsOf(value: unknown): Citation[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.filter(isJsonObject).map(citationOf);
}

/** The originals of a part's citations of this format; undefined for none. Another's cannot be said: the API wants an encrypted index. */
export function ownCitations(part: TextPart): JsonObject[] | undefined {
  const own = part.citations
    ?.map((citation) => ownFields(citation.opaque))
    .filter((citation) => citation !== undefined);
  return own === undefined || own.length === 0 ? undefined : own;
}

/** A citation for a client of this protocol. Another provider's is told as a web search result, the one kind that needs only a URL. */
export function citationFor(citation: Citation): JsonObject | undefined {
  const own = ownFields(citation.opaque);
  if (own !== undefined || citation.url === undefined) return own;
  return {
    type: 'web_search_result_location',
    url: citation.url,
    title: citation.title ?? null,
    cited_text: citation.quote ?? '',
    encrypted_index: '',
  };
}

// A search result's source is whatever the application called it; only an address is a URL.
function webAddress(source: unknown): string | undefined {
  return typeof source === 'string' && /^https?:/i.test(source) ? source : undefined;
}
