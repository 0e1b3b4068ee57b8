import type { Citation, JsonObject, JsonValue } from '@inferway/core';
import { defined } from '../json-body.js';
import { asNumber, asObjects, asString } from '../lenient.js';
import { OPENAI_RESPONSES } from './dialect.js';

const PLAIN: ReadonlySet<string> = new Set(['type', 'url', 'title', 'start_index', 'end_index']);

/**
 * `annotations` of a text. A `url_citation` is all portable; of `file_citation`, `container_file_citation`, `file_path` and what may come, the
 * whole is kept beside what can be said of it.
 */
export function readCitations(annotations: JsonValue | undefined): Citation[] {
  return asObjects(annotations).map((annotation) => readCitation(annotation));
}

export function readCitation(annotation: JsonObject): Citation {
  const plain =
    annotation['type'] === 'url_citation' && Object.keys(annotation).every((key) => PLAIN.has(key));
  return defined({
    url: asString(annotation['url']),
    title: asString(annotation['title']) ?? asString(annotation['filename']),
    start: asNumber(annotation['start_index']),
    end: asNumber(annotation['end_index']),
    opaque: plain ? undefined : { format: OPENAI_RESPONSES, value: annotation },
  });
}

/** An annotation; undefined for a citation that has no address. */
export function writeCitation(citation: Citation): JsonValue | undefined {
  if (citation.opaque?.format === OPENAI_RESPONSES) return citation.opaque.value;
  if (citation.url === undefined) return undefined;
  return defined({
    type: 'url_citation',
    url: citation.url,
    title: citation.title,
    start_index: citation.start,
    end_index: citation.end,
  });
}

export function writeCitations(citations: readonly Citation[] | undefined): JsonValue[] {
  return (citations ?? []).flatMap((citation) => {
    const written = writeCitation(citation);
    return written === undefined ? [] : [written];
  });
}
