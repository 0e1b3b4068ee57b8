import type { ChatRequest, JsonObject, Message, OutputFormat } from '@inferway/core';
import { checkBody, type Fields } from '../checks.js';
import type { DecodedRequest } from '../format.js';
import { decodeMessages, systemMessage } from './decode-messages.js';
import { decodeReasoning } from './decode-reasoning.js';
import { decodeToolChoice, decodeTools } from './decode-tools.js';
import type { JsonBody } from '../json-body.js';
import { ANTHROPIC_MESSAGES } from './name.js';

/** Fields that are read; all others are passed through. */
const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'metadata',
  'service_tier',
  'stream',
]);

/** A body of `POST /v1/messages`. Both API versions are read: what a version refuses is the target's to refuse. */
export function decodeRequest(body: unknown): DecodedRequest<'chat'> {
  const fields = checkBody(body);
  const model = requiredModel(fields);
  // 0 writes the prompt to the cache and gives no answer (platform.claude.com, "Prompt caching", pre-warming).
  const maxOutputTokens = fields.integer('max_tokens', 0);
  if (maxOutputTokens === undefined)
    fields.refuse('max_tokens', 'is missing; give a whole number.');
  return {
    model,
    stream: fields.boolean('stream') ?? false,
    request: { ...decodePrompt(fields), maxOutputTokens, ...decodeSampling(fields) },
    as: {},
  };
}

export function requiredModel(fields: Fields): string {
  const model = fields.requiredString('model');
  return model === '' ? fields.refuse('model', 'is empty; name a model.') : model;
}

/** What a request says beside limits and sampling: all that counting its tokens needs as well. */
export function decodePrompt(fields: Fields): ChatRequest {
  const passed: JsonBody = { ...fields.rest(KNOWN) };
  const system = systemMessage(fields);
  const messages = decodeMessages(fields);
  const tools = decodeTools(fields);
  const output = decodeOutput(fields);
  const user = decodeUser(fields, passed);
  const serviceTier = fields.string('service_tier');
  const request: ChatRequest & { messages: Message[] } = {
    messages: system === undefined ? messages : [system, ...messages],
    ...(tools === undefined ? {} : { tools }),
    ...decodeToolChoice(fields),
    ...decodeReasoning(fields, passed),
    ...(output === undefined ? {} : { output }),
    ...(user === undefined ? {} : { user }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
  return Object.keys(passed).length === 0
    ? request
    : { ...request, passthrough: { format: ANTHROPIC_MESSAGES, fields: passed } };
}

function decodeSampling(
  fields: Fields,
): Pick<ChatRequest, 'temperature' | 'topP' | 'topK' | 'stop'> {
  const temperature = fields.number('temperature', 0, 1);
  const topP = fields.number('top_p', 0, 1);
  const topK = fields.integer('top_k', 0);
  const stop = fields.strings('stop_sequences');
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
  };
}

function decodeOutput(fields: Fields): OutputFormat | undefined {
  // `output_format` is where the beta of structured outputs had it.
  const format = fields.fields('output_config')?.fields('format') ?? fields.fields('output_format');
  if (format === undefined) return undefined;
  format.requiredOneOf('type', ['json_schema']);
  return { type: 'json-schema', schema: format.requiredFields('schema').object };
}

function decodeUser(fields: Fields, passed: JsonBody): string | undefined {
  const metadata = fields.fields('metadata');
  if (metadata === undefined) return undefined;
  const rest: JsonObject | undefined = metadata.rest(USER);
  if (rest !== undefined) passed.metadata = rest;
  return metadata.string('user_id');
}

const USER: ReadonlySet<string> = new Set(['user_id']);
