import { isJsonObject, type JsonObject, type RerankRequest } from '@inferway/core';
import { checkBody, kindOf, refuse, type Fields } from '../checks.js';
import type { DecodedRequest } from '../format.js';
import { defined } from '../json-body.js';
import { RERANK } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'query',
  'documents',
  'texts',
  'top_n',
  'rank_fields',
  'return_documents',
  'return_text',
  'max_tokens_per_doc',
  'user',
]);

/** More than any provider ranks at once. */
const MAX_DOCUMENTS = 10_000;

/**
 * A caller's body of a rerank call to canonical request. A body with `texts` is of the bare shape: it may name no model (then `model` is
 * empty), and `as.form` is `texts`. Unknown fields are kept in `passthrough`.
 */
export function decodeRequest(body: unknown): DecodedRequest<'rerank'> {
  const fields = checkBody(body);
  const bare = fields.has('texts');
  const model = bare ? (fields.string('model') ?? '') : fields.requiredString('model');
  if (model === '' && !bare) fields.refuse('model', 'must name a model.');
  const rest = fields.rest(KNOWN);
  const request: RerankRequest = defined({
    query: fields.requiredString('query'),
    documents: documentsOf(fields, bare ? 'texts' : 'documents'),
    topN: fields.integer('top_n', 1),
    rankFields: fields.strings('rank_fields'),
    returnDocuments: fields.boolean(bare ? 'return_text' : 'return_documents'),
    maxTokensPerDocument: fields.integer('max_tokens_per_doc', 1),
    user: fields.string('user'),
    passthrough: rest === undefined ? undefined : { format: RERANK, fields: rest },
  });
  return { model, stream: false, request, as: bare ? { form: 'texts' } : {} };
}

function documentsOf(fields: Fields, name: 'texts' | 'documents'): RerankRequest['documents'] {
  const list = fields.list(name) ?? fields.refuse(name, 'is missing; give a list of texts.');
  if (list.length === 0) fields.refuse(name, 'must hold at least one document.');
  if (list.length > MAX_DOCUMENTS) {
    fields.refuse(name, `must have at most ${MAX_DOCUMENTS} entries.`);
  }
  return list.map((entry, index): string | JsonObject => {
    if (typeof entry === 'string' || (isJsonObject(entry) && name === 'documents')) return entry;
    const what = name === 'documents' ? 'a string or an object' : 'a string';
    return refuse(`${name}[${index}]`, `must be ${what}, not ${kindOf(entry)}.`);
  });
}
