import type { ChatRequest, JsonObject, OutputFormat, ReasoningSettings } from '@inferway/core';
import { checkBody, type Fields } from '../checks.js';
import type { DecodedRequest } from '../format.js';
import { defined, type JsonBody } from '../json-body.js';
import { EFFORTS } from '../openai/reasoning-effort.js';
import { decodeSampling } from '../openai/sampling.js';
import { decodeMessages } from './decode-messages.js';
import { decodeToolChoice, decodeTools } from './decode-tools.js';
import { OPENAI_CHAT } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'parallel_tool_calls',
  'response_format',
  'reasoning',
  'reasoning_effort',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'stop',
  'n',
  'logprobs',
  'top_logprobs',
  'user',
  'metadata',
  'service_tier',
  'prompt_cache_key',
]);

/** The body of a caller's chat completion to canonical request. Unknown fields are kept in `passthrough`. */
export function decodeRequest(body: unknown): DecodedRequest<'chat'> {
  const fields = checkBody(body);
  const model = fields.requiredString('model');
  if (model === '') fields.refuse('model', 'must name a model.');
  const choice = decodeToolChoice(fields);
  const passed: JsonBody = { ...fields.rest(KNOWN), ...choice?.passthrough };
  const request: ChatRequest = defined({
    messages: decodeMessages(fields),
    tools: decodeTools(fields),
    toolChoice: choice?.toolChoice,
    parallelToolCalls: fields.boolean('parallel_tool_calls'),
    output: decodeOutput(fields),
    reasoning: decodeReasoning(fields),
    maxOutputTokens: fields.integer('max_completion_tokens', 1) ?? fields.integer('max_tokens', 1),
    ...decodeSampling(fields),
    logprobs: decodeLogprobs(fields),
    choices: fields.integer('n', 1, 128),
    user: fields.string('user'),
    metadata: fields.stringMap('metadata'),
    serviceTier: fields.string('service_tier'),
    promptCacheKey: fields.string('prompt_cache_key'),
    passthrough:
      Object.keys(passed).length === 0 ? undefined : { format: OPENAI_CHAT, fields: passed },
  });
  const includeUsage = fields.fields('stream_options')?.boolean('include_usage');
  return {
    model,
    stream: fields.boolean('stream') ?? false,
    request,
    as: includeUsage === undefined ? {} : { includeUsage },
  };
}

function decodeLogprobs(fields: Fields): number | undefined {
  const asked = fields.boolean('logprobs');
  const top = fields.integer('top_logprobs', 0, 20);
  if (asked === true) return top ?? 0;
  if (top !== undefined && top > 0) fields.refuse('top_logprobs', 'needs "logprobs": true.');
  return undefined;
}

function decodeReasoning(fields: Fields): ReasoningSettings | undefined {
  const object = fields.fields('reasoning');
  const effort = fields.oneOf('reasoning_effort', EFFORTS) ?? object?.oneOf('effort', EFFORTS);
  const maxTokens = object?.integer('max_tokens', 0);
  if (effort === undefined && maxTokens === undefined) {
    // OpenRouter's switch without a size.
    return object?.boolean('enabled') === false ? { effort: 'none' } : undefined;
  }
  return defined({ effort, maxTokens });
}

function decodeOutput(fields: Fields): OutputFormat | undefined {
  const format = fields.fields('response_format');
  if (format === undefined) return undefined;
  const type = format.requiredOneOf('type', ['text', 'json_object', 'json_schema']);
  if (type === 'text') return { type: 'text' };
  if (type === 'json_object') return { type: 'json' };
  const inner = format.fields('json_schema');
  // Together's form has the schema beside the type.
  if (inner === undefined) return { type: 'json-schema', schema: requiredSchema(format) };
  return defined({
    type: 'json-schema' as const,
    schema: inner.json('schema') ?? {},
    name: inner.requiredString('name'),
    description: inner.string('description'),
    strict: inner.boolean('strict'),
  });
}

function requiredSchema(format: Fields): JsonObject {
  return format.json('schema') ?? format.refuse('json_schema', 'is missing; give an object.');
}
