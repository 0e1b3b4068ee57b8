import type { JsonObject, JsonValue, ReasoningPart } from '@inferway/core';
import { carried, carry } from '../foreign-opaque.js';
import { defined, otherFields, type JsonBody } from '../json-body.js';
import { asList, asObjects, asText } from '../lenient.js';
import { keep, OPENAI_RESPONSES, ownValue } from './dialect.js';
import { givenId } from './item-id.js';

const KNOWN: ReadonlySet<string> = new Set([
  'type',
  'status',
  'id',
  'summary',
  'content',
  'encrypted_content',
]);

/** Between the sections of a summary. */
export const SECTION = '\n\n';

/**
 * A reasoning item as one part. Its text is the summary, or else what the model thought word for word (`content`). All the rest is kept, so
 * that the item goes back as it came; of the two lists, the one that the text alone can give again is left out, and an empty `summary` that is
 * kept says that the text is the `content`.
 */
export function readReasoning(item: JsonObject): ReasoningPart {
  const summary = asList(item['summary']);
  const content = asList(item['content']);
  const told = joined(summary);
  const text = told === '' ? joined(content) : told;
  const signature = asText(item['encrypted_content']);
  const foreign = signature === undefined ? undefined : carried(signature);
  if (foreign !== undefined) return { type: 'reasoning', text, opaque: foreign };
  const value: JsonBody = { ...otherFields(item, KNOWN) };
  const id = givenId(item['id']);
  if (id !== undefined) value['id'] = id;
  if (signature !== undefined) value['encrypted_content'] = signature;
  if (told === '' ? text !== '' || summary.length > 0 : !isSingle(summary, 'summary_text')) {
    value['summary'] = summary;
  }
  if (content.length > 0 && (told !== '' || text === '' || !isSingle(content, 'reasoning_text'))) {
    value['content'] = content;
  }
  return { type: 'reasoning', text, ...keep(value) };
}

/** A reasoning item of a part; another format's opaque value travels in place of the encrypted content. */
export function writeReasoning(part: ReasoningPart, id: string | undefined): JsonObject {
  const { text, opaque } = part;
  const told = text === '' ? [] : [{ type: 'summary_text', text }];
  if (opaque !== undefined && opaque.format !== OPENAI_RESPONSES) {
    return defined({ id, type: 'reasoning', summary: told, encrypted_content: carry(opaque) });
  }
  const value = ownValue(opaque) ?? {};
  const summary = value['summary'];
  const thought = Array.isArray(summary) && summary.length === 0 && text !== '';
  return defined({
    ...value,
    id: value['id'] ?? id,
    type: 'reasoning',
    summary: summary ?? told,
    content: value['content'] ?? (thought ? thoughtText(text) : undefined),
  });
}

/** What the model thought, in the words of engines that show it. */
export function thoughtText(text: string): JsonObject[] {
  return [{ type: 'reasoning_text', text }];
}

/** The signature of a part of this format. */
export function encryptedContent({ opaque }: ReasoningPart): string | undefined {
  return asText(ownValue(opaque)?.['encrypted_content']);
}

function joined(sections: readonly JsonValue[]): string {
  return asObjects(sections)
    .flatMap((section) => asText(section['text']) ?? [])
    .join(SECTION);
}

function isSingle(sections: readonly JsonValue[], type: string): boolean {
  const [only] = asObjects(sections);
  return (
    sections.length === 1 &&
    only !== undefined &&
    only['type'] === type &&
    Object.keys(only).every((key) => key === 'type' || key === 'text')
  );
}
