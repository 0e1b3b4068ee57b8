import type { ChatRequest, JsonObject, JsonValue } from '@inferway/core';
import { unsupported, warnForeignFields } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { defined, type JsonBody } from '../json-body.js';
import type { ChatSetting } from '../openai/chat-setting.js';
import { effortFor } from '../openai/reasoning-effort.js';
import { SAMPLING, type SamplingSetting } from '../openai/sampling.js';
import { OPENAI_RESPONSES, type OpenAIResponsesDialect } from './dialect.js';
import { encodeInput } from './encode-input.js';
import { encodeOutput, encodeToolChoice, encodeTools } from './encode-tools.js';
import { mergeFields } from './merge-fields.js';

/** Settings that travel as they are. */
const PLAIN = [
  ['user', 'user'],
  ['metadata', 'metadata'],
  ['serviceTier', 'service_tier'],
  ['promptCacheKey', 'prompt_cache_key'],
] as const satisfies readonly (readonly [ChatSetting, string])[];

/** The two settings of sampling that OpenAI's reference has. */
const STANDARD: readonly SamplingSetting[] = ['temperature', 'topP'];

/** Asks for log probabilities. */
export const LOGPROBS = 'message.output_text.logprobs';
const ENCRYPTED = 'reasoning.encrypted_content';

/** Canonical request to the body of a response's creation. */
export function encodeRequest(
  request: ChatRequest,
  to: EncodeTarget<OpenAIResponsesDialect>,
): JsonObject {
  const dialect = to.dialect ?? {};
  const takes = (setting: ChatSetting): boolean => {
    if (request[setting] === undefined) return false;
    if (dialect.unsupported?.includes(setting) !== true) return true;
    to.warn(unsupported(setting, `${to.provider} does not take it`));
    return false;
  };
  const { input, instructions } = encodeInput(request.messages, to);
  const body: JsonBody = { model: to.model, input };
  if (instructions !== undefined) body['instructions'] = instructions;
  addTools(request, body, to, takes);
  if (request.output !== undefined && takes('output')) {
    body['text'] = { format: encodeOutput(request.output) };
  }
  if (request.reasoning !== undefined && takes('reasoning')) {
    body['reasoning'] = defined({ effort: effortFor(request.reasoning, dialect.efforts, to) });
  }
  if (request.maxOutputTokens !== undefined) {
    body['max_output_tokens'] = outputTokens(request.maxOutputTokens, to);
  }
  for (const [setting, field] of PLAIN) if (takes(setting)) body[field] = request[setting];
  addSampling(request, body, to, takes);
  const include: JsonValue[] = dialect.encryptedReasoning === true ? [ENCRYPTED] : [];
  if (request.logprobs !== undefined && takes('logprobs')) {
    include.push(LOGPROBS);
    if (request.logprobs > 0) body['top_logprobs'] = request.logprobs;
  }
  if (include.length > 0) body['include'] = include;
  if (dialect.store !== undefined) body['store'] = dialect.store;
  if (to.stream) body['stream'] = true;
  if (request.passthrough?.format === OPENAI_RESPONSES) {
    mergeFields(body, request.passthrough.fields);
  } else warnForeignFields(request.passthrough, to);
  const options = request.providerOptions?.[to.provider] as JsonObject | undefined;
  mergeFields(
    body,
    options && (dialect.ownFields?.(options, (warning) => to.warn(warning)) ?? options),
  );
  return body;
}

function outputTokens(wanted: number, to: EncodeTarget<OpenAIResponsesDialect>): number {
  const least = to.dialect?.minOutputTokens ?? wanted;
  if (wanted >= least) return wanted;
  to.warn({
    type: 'changed',
    setting: 'maxOutputTokens',
    message: `${to.provider} takes no less than ${least} output tokens here, so ${least} was sent.`,
  });
  return least;
}

function addTools(
  request: ChatRequest,
  body: JsonBody,
  to: EncodeTarget<OpenAIResponsesDialect>,
  takes: (setting: ChatSetting) => boolean,
): void {
  const { tools, toolChoice } = request;
  if (tools === undefined || tools.length === 0 || !takes('tools')) return;
  const encoded = encodeTools(tools, to);
  if (encoded === undefined) return;
  body['tools'] = encoded;
  if (toolChoice !== undefined && takes('toolChoice')) {
    body['tool_choice'] = encodeToolChoice(toolChoice);
  }
  if (takes('parallelToolCalls')) body['parallel_tool_calls'] = request.parallelToolCalls;
}

function addSampling(
  request: ChatRequest,
  body: JsonBody,
  to: EncodeTarget<OpenAIResponsesDialect>,
  takes: (setting: ChatSetting) => boolean,
): void {
  const more = to.dialect?.sampling ?? [];
  for (const [setting, field] of SAMPLING) {
    if (!takes(setting)) continue;
    if (STANDARD.includes(setting) || more.includes(setting)) body[field] = request[setting];
    else to.warn(unsupported(setting, 'the Responses API has no such setting'));
  }
  if (request.choices !== undefined && request.choices !== 1) {
    to.warn(unsupported('choices', 'the Responses API gives one answer'));
  }
}
