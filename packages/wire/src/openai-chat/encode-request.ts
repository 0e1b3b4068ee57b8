import type { ChatRequest, JsonObject, Tool } from '@inferway/core';
import type { EncodeTarget } from '../format.js';
import { addFields, defined, type JsonBody } from '../json-body.js';
import { writeCache } from '../openai/cache-marker.js';
import { OPENAI_CHAT, type OpenAIChatDialect } from './dialect.js';
import { encodeMessages } from './encode-messages.js';
import { encodeOutput, messagesWithSchema } from './encode-output.js';
import { encodeReasoning } from './encode-reasoning.js';
import { unsupported, warnForeignFields } from '../dropped.js';
import type { ChatSetting } from '../openai/chat-setting.js';
import { SAMPLING } from '../openai/sampling.js';

/** Settings that travel as they are. */
const PLAIN = [
  ...SAMPLING,
  ['choices', 'n'],
  ['user', 'user'],
  ['metadata', 'metadata'],
  ['promptCacheKey', 'prompt_cache_key'],
] as const satisfies readonly (readonly [ChatSetting, string])[];

/** Canonical request to the body of a chat completion. */
export function encodeRequest(
  request: ChatRequest,
  to: EncodeTarget<OpenAIChatDialect>,
): JsonObject {
  const dialect = to.dialect ?? {};
  const takes = (setting: ChatSetting): boolean => {
    if (request[setting] === undefined) return false;
    if (dialect.unsupported?.includes(setting) !== true) return true;
    to.warn(unsupported(setting, `${to.provider} does not take it`));
    return false;
  };
  const body: JsonBody = {
    model: to.model,
    messages: encodeMessages(messagesWithSchema(request, to), to),
  };
  addFields(body, dialect.defaults);
  if (request.tools !== undefined && request.tools.length > 0 && takes('tools')) {
    addTools(request, request.tools, body, to, takes);
  }
  if (request.output !== undefined && takes('output')) {
    body['response_format'] = encodeOutput(request.output, to);
  }
  if (request.reasoning !== undefined && takes('reasoning')) {
    addFields(body, encodeReasoning(request.reasoning, dialect, to));
  }
  if (request.maxOutputTokens !== undefined) {
    body[dialect.maxTokensField ?? 'max_tokens'] = request.maxOutputTokens;
  }
  for (const [setting, field] of PLAIN) if (takes(setting)) body[field] = request[setting];
  if (request.serviceTier !== undefined && takes('serviceTier')) {
    addTier(body, request.serviceTier, to);
  }
  if (request.logprobs !== undefined && takes('logprobs')) {
    addLogprobs(body, request.logprobs, dialect);
  }
  if (to.stream) {
    body['stream'] = true;
    if (dialect.streamUsage !== false) body['stream_options'] = { include_usage: true };
  }
  if (request.passthrough?.format === OPENAI_CHAT) addFields(body, request.passthrough.fields);
  else warnForeignFields(request.passthrough, to);
  const options = request.providerOptions?.[to.provider] as JsonObject | undefined;
  addFields(
    body,
    options && (dialect.ownFields?.(options, (warning) => to.warn(warning)) ?? options),
  );
  return body;
}

function addTier(body: JsonBody, tier: string, to: EncodeTarget<OpenAIChatDialect>): void {
  const tiers = to.dialect?.serviceTiers;
  const word = tiers === undefined ? tier : tiers[tier];
  if (word !== undefined) body['service_tier'] = word;
  else to.warn(unsupported('serviceTier', `${to.provider} has no tier "${tier}"`));
}

function addLogprobs(body: JsonBody, alternatives: number, dialect: OpenAIChatDialect): void {
  if (dialect.logprobs === 'number') {
    // There 0 is for none, and 1 for the chosen token.
    body['logprobs'] = Math.max(1, alternatives);
    return;
  }
  body['logprobs'] = true;
  if (alternatives > 0) body['top_logprobs'] = alternatives;
}

function addTools(
  request: ChatRequest,
  tools: readonly Tool[],
  body: JsonBody,
  to: EncodeTarget<OpenAIChatDialect>,
  takes: (setting: ChatSetting) => boolean,
): void {
  const encoded = tools
    .map((tool, index) => encodeTool(tool, index, to))
    .filter((tool) => tool !== undefined);
  if (encoded.length === 0) return;
  body['tools'] = encoded;
  const { toolChoice } = request;
  if (toolChoice !== undefined && takes('toolChoice')) {
    body['tool_choice'] =
      typeof toolChoice === 'string'
        ? toolChoice
        : { type: 'function', function: { name: toolChoice.name } };
  }
  // OpenAI refuses the field where there are no tools.
  if (takes('parallelToolCalls')) body['parallel_tool_calls'] = request.parallelToolCalls;
}

function encodeTool(
  tool: Tool,
  index: number,
  to: EncodeTarget<OpenAIChatDialect>,
): JsonObject | undefined {
  if (tool.type === 'provider') {
    if (tool.format === OPENAI_CHAT) return tool.value;
    to.warn(unsupported(`tools[${index}]`, `it is a tool of ${tool.format}`));
    return undefined;
  }
  const { name, description, parameters, strict } = tool;
  return {
    type: 'function',
    function: defined({ name, description, parameters, strict }),
    ...writeCache(tool.cache, to.dialect?.cacheMarkers),
  };
}
