import type { ChatRequest, JsonObject, ReasoningSettings } from '@inferway/core';
import { checkBody, type Fields } from '../checks.js';
import type { DecodedRequest } from '../format.js';
import { defined, type JsonBody } from '../json-body.js';
import { EFFORTS } from '../openai/reasoning-effort.js';
import { decodeSampling, SAMPLING } from '../openai/sampling.js';
import { decodeInput } from './decode-input.js';
import { decodeOutput, decodeToolChoice, decodeTools } from './decode-tools.js';
import { OPENAI_RESPONSES } from './dialect.js';
import { LOGPROBS } from './encode-request.js';
import { ECHOED } from './response-object.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'stream',
  // Padding against eavesdroppers: an answer of ours has none.
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'include',
  'max_output_tokens',
  'top_logprobs',
  'user',
  'metadata',
  'service_tier',
  'prompt_cache_key',
  ...SAMPLING.map(([, field]) => field),
]);
const FORMAT: ReadonlySet<string> = new Set(['format']);
const EFFORT: ReadonlySet<string> = new Set(['effort']);
/** What a conversation may stand in instead of the body. */
const ELSEWHERE = ['previous_response_id', 'conversation', 'prompt'] as const;

/** The body of a caller's response creation to canonical request. Unknown fields are kept in `passthrough`. */
export function decodeRequest(body: unknown): DecodedRequest<'chat'> {
  const fields = checkBody(body);
  const model = fields.requiredString('model');
  if (model === '') fields.refuse('model', 'must name a model.');
  if (!fields.has('input') && !ELSEWHERE.some((name) => fields.has(name))) {
    fields.refuse('input', 'is missing; give a string or a list of items.');
  }
  const text = fields.fields('text');
  const choice = decodeToolChoice(fields);
  // Not to say it is to store the answer: a provider's own default must not change that.
  const passed: JsonBody = { store: null, ...fields.rest(KNOWN), ...choice?.passthrough };
  const moreText = text?.rest(FORMAT);
  if (moreText !== undefined) passed['text'] = moreText;
  const request: ChatRequest = defined({
    messages: decodeInput(fields),
    tools: decodeTools(fields),
    toolChoice: choice?.toolChoice,
    parallelToolCalls: fields.boolean('parallel_tool_calls'),
    output: decodeOutput(text),
    reasoning: decodeReasoning(fields, passed),
    maxOutputTokens: fields.integer('max_output_tokens', 1),
    ...decodeSampling(fields),
    logprobs: decodeLogprobs(fields, passed),
    user: fields.string('user'),
    metadata: fields.stringMap('metadata'),
    serviceTier: fields.string('service_tier'),
    promptCacheKey: fields.string('prompt_cache_key'),
    passthrough: { format: OPENAI_RESPONSES, fields: passed },
  });
  fields.fields('stream_options');
  return {
    model,
    stream: fields.boolean('stream') ?? false,
    request,
    as: { echo: echoOf(fields) },
  };
}

function decodeReasoning(fields: Fields, passed: JsonBody): ReasoningSettings | undefined {
  const reasoning = fields.fields('reasoning');
  const more = reasoning?.rest(EFFORT);
  if (more !== undefined) passed['reasoning'] = more;
  const effort = reasoning?.oneOf('effort', EFFORTS);
  return effort === undefined ? undefined : { effort };
}

/** `top_logprobs`, and the entry of `include` that asks for log probabilities; the other entries are passed through. */
function decodeLogprobs(fields: Fields, passed: JsonBody): number | undefined {
  const top = fields.integer('top_logprobs', 0, 20) ?? 0;
  const include = fields.strings('include') ?? [];
  const others = include.filter((entry) => entry !== LOGPROBS);
  if (others.length > 0) passed['include'] = others;
  return others.length < include.length || top > 0 ? top : undefined;
}

function echoOf(fields: Fields): JsonObject {
  const echo: JsonBody = {};
  for (const name of ECHOED) if (fields.has(name)) echo[name] = fields.object[name];
  return echo;
}
