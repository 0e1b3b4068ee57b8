import type { JsonObject, JsonValue, RerankRequest } from '@inferway/core';
import { unsupported, warnForeignFields } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { fieldOf } from '../openai/settings.js';
import { RERANK, type RerankDialect, type RerankSetting } from './dialect.js';

/** Nothing is lost where the provider does not take them: the decoder does the one, and texts are made of the other. */
const DONE_HERE: readonly RerankSetting[] = ['topN', 'returnDocuments', 'rankFields'];

const FIELDS: readonly (readonly [RerankSetting, string])[] = [
  ['topN', 'top_n'],
  ['rankFields', 'rank_fields'],
  ['returnDocuments', 'return_documents'],
  ['maxTokensPerDocument', 'max_tokens_per_doc'],
  ['user', 'user'],
];

const FIELDS_OF_TEXTS: readonly (readonly [RerankSetting, string])[] = [
  ['returnDocuments', 'return_text'],
];

/** Canonical request to the body of a rerank call. */
export function encodeRequest(request: RerankRequest, to: EncodeTarget<RerankDialect>): JsonObject {
  const { shape, documents } = to.dialect ?? {};
  const bare = shape === 'texts';
  const asTexts = bare || documents === 'texts';
  const list = asTexts
    ? request.documents.map((document) => documentText(document, request.rankFields))
    : request.documents;
  const body: JsonBody = bare
    ? { query: request.query, texts: list }
    : { model: to.model, query: request.query, documents: list };
  const fields = new Map(bare ? FIELDS_OF_TEXTS : FIELDS);
  if (asTexts) {
    fields.delete('rankFields');
    if (request.rankFields !== undefined && request.documents.every(isText)) {
      to.warn(unsupported('rankFields', 'the documents are texts, which have no fields'));
    }
  }
  for (const [setting] of FIELDS) {
    if (request[setting] === undefined) continue;
    const field = fields.get(setting);
    if (field !== undefined && to.dialect?.unsupported?.includes(setting) !== true) {
      body[fieldOf(setting, field, to)] = request[setting];
    } else if (!DONE_HERE.includes(setting)) {
      to.warn(unsupported(setting, `${to.provider} does not take it`));
    }
  }
  if (request.passthrough?.format === RERANK) addFields(body, request.passthrough.fields);
  else warnForeignFields(request.passthrough, to);
  addFields(body, request.providerOptions?.[to.provider]);
  return body;
}

function isText(document: string | JsonObject): boolean {
  return typeof document === 'string';
}

/** A document as one text: that of its `rankFields`, its only or its `text` member, or JSON. */
export function documentText(
  document: string | JsonObject,
  rankFields: readonly string[] | undefined,
): string {
  if (typeof document === 'string') return document;
  if (rankFields !== undefined) {
    return rankFields.flatMap((field) => textOf(document[field]) ?? []).join('\n');
  }
  const { text } = document;
  return typeof text === 'string' ? text : JSON.stringify(document);
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
