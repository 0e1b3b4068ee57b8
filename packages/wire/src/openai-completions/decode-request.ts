import type { CompleteRequest } from '@inferway/core';
import { checkBody, type Fields } from '../checks.js';
import type { DecodedRequest } from '../format.js';
import { defined } from '../json-body.js';
import { decodeSampling } from '../openai/sampling.js';
import { OPENAI_COMPLETIONS } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'prompt',
  'suffix',
  'stream',
  'stream_options',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'stop',
  'logprobs',
  'n',
  'echo',
  'user',
]);

/** The body of a caller's completion to canonical request. Unknown fields are kept in `passthrough`. */
export function decodeRequest(body: unknown): DecodedRequest<'complete'> {
  const fields = checkBody(body);
  const model = fields.requiredString('model');
  if (model === '') fields.refuse('model', 'must name a model.');
  const rest = fields.rest(KNOWN);
  const request: CompleteRequest = defined({
    prompt: decodePrompt(fields),
    suffix: fields.string('suffix'),
    maxOutputTokens: fields.integer('max_tokens', 0),
    ...decodeSampling(fields),
    logprobs: fields.integer('logprobs', 0, 20),
    choices: fields.integer('n', 1, 128),
    echo: fields.boolean('echo'),
    user: fields.string('user'),
    passthrough: rest === undefined ? undefined : { format: OPENAI_COMPLETIONS, fields: rest },
  });
  const includeUsage = fields.fields('stream_options')?.boolean('include_usage');
  return {
    model,
    stream: fields.boolean('stream') ?? false,
    request,
    as: includeUsage === undefined ? {} : { includeUsage },
  };
}

/**
 * One text, also as a list of one. Several prompts are several calls: their answers could not be told from alternatives of one.
 * Token ids are text only to the model's own tokenizer, so they cannot go to another one.
 */
function decodePrompt(fields: Fields): string {
  const prompt = fields.value('prompt');
  if (typeof prompt === 'string') return prompt;
  if (!Array.isArray(prompt)) return fields.refuse('prompt', 'is missing; give a string.');
  const [first] = prompt as unknown[];
  if (typeof first === 'number' || Array.isArray(first)) {
    return fields.refuse('prompt', 'holds token ids; give the text.');
  }
  if (prompt.length !== 1) {
    return fields.refuse('prompt', 'must hold one prompt; send a request for each.');
  }
  return fields.strings('prompt')?.[0] ?? '';
}
