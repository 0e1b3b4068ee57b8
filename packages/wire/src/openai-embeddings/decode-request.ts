import type { EmbedRequest } from '@inferway/core';
import { checkBody, kindOf, refuse, type Fields } from '../checks.js';
import type { DecodedRequest } from '../format.js';
import { defined } from '../json-body.js';
import { OPENAI_EMBEDDINGS } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'input',
  'dimensions',
  'encoding_format',
  'user',
]);

/** OpenAI's own bound on the texts of one call. */
const MAX_INPUTS = 2048;

/** The body of a caller's embedding call to canonical request. Unknown fields are kept in `passthrough`. */
export function decodeRequest(body: unknown): DecodedRequest<'embed'> {
  const fields = checkBody(body);
  const model = fields.requiredString('model');
  if (model === '') fields.refuse('model', 'must name a model.');
  const rest = fields.rest(KNOWN);
  const encoding = fields.oneOf('encoding_format', ['float', 'base64']);
  const request: EmbedRequest = defined({
    input: decodeInput(fields),
    dimensions: fields.integer('dimensions', 1),
    encoding,
    user: fields.string('user'),
    passthrough: rest === undefined ? undefined : { format: OPENAI_EMBEDDINGS, fields: rest },
  });
  return { model, stream: false, request, as: encoding === undefined ? {} : { encoding } };
}

/** A text, texts, the token ids of one text, or of several. */
function decodeInput(fields: Fields): EmbedRequest['input'] {
  const input = fields.value('input');
  if (typeof input === 'string') return input;
  if (!Array.isArray(input)) return fields.refuse('input', 'must be a string or a list.');
  const list = input as readonly unknown[];
  if (list.length === 0) fields.refuse('input', 'must hold at least one text.');
  if (typeof list[0] === 'number') return [tokensOf(list, 'input')];
  if (list.length > MAX_INPUTS) fields.refuse('input', `must have at most ${MAX_INPUTS} entries.`);
  if (Array.isArray(list[0])) {
    return list.map((tokens, index) => {
      const path = `input[${index}]`;
      if (!Array.isArray(tokens)) refuse(path, `must be a list, not ${kindOf(tokens)}.`);
      return tokensOf(tokens, path);
    });
  }
  return fields.strings('input') ?? [];
}

function tokensOf(tokens: readonly unknown[], path: string): number[] {
  if (tokens.length === 0) refuse(path, 'must hold at least one token.');
  return tokens.map((token, index) =>
    Number.isSafeInteger(token) && (token as number) >= 0
      ? (token as number)
      : refuse(`${path}[${index}]`, 'must be a token id.'),
  );
}
