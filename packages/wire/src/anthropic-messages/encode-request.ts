import { isJsonObject, type ChatRequest, type JsonObject } from '@inferway/core';
import { warnForeignFields } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import type { AnthropicDialect } from './dialect.js';
import type { JsonBody } from '../json-body.js';
import { EncodeContext } from './encode-context.js';
import { encodeOutput } from './encode-output.js';
import { encodeReasoning, forcesTool } from './encode-reasoning.js';
import { encodeSampling } from './encode-sampling.js';
import { encodeToolChoice, encodeTools } from './encode-tools.js';
import { encodeTurns } from './encode-turns.js';
import { fitCacheMarkers } from './fit-cache-markers.js';
import { mergeFields } from './merge-fields.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { fittingThinking } from './thinking-off.js';

/** `max_tokens` where neither request nor dialect says it: what every model has. */
const DEFAULT_MAX_TOKENS = 4096;

/** Portable settings that the protocol has no field for. */
const UNKNOWN = [
  'minP',
  'frequencyPenalty',
  'presencePenalty',
  'repetitionPenalty',
  'seed',
  'logprobs',
  'promptCacheKey',
  'metadata',
] as const satisfies readonly (keyof ChatRequest)[];

export function encodeRequest(
  request: ChatRequest,
  to: EncodeTarget<AnthropicDialect>,
): JsonObject {
  const context = new EncodeContext(to);
  const reasoning = encodeReasoning(
    fitLimit(request, context),
    context.rules.maxTokens ?? DEFAULT_MAX_TOKENS,
    context,
  );
  const thinks = isThinking(reasoning.thinking);
  const { system, messages } = encodeTurns(request.messages, context, thinks);
  const body: JsonBody = { model: to.model, max_tokens: reasoning.maxTokens };
  if (system !== undefined) body.system = system;
  body.messages = messages;
  const tools = encodeTools(request.tools, context);
  if (tools !== undefined) body.tools = tools;
  writeToolChoice(body, request, context);
  if (reasoning.thinking !== undefined) body.thinking = reasoning.thinking;
  encodeOutput(body, request, reasoning.effort, context);
  encodeSampling(body, request, thinks, context);
  if (request.stop !== undefined && request.stop.length > 0) body.stop_sequences = request.stop;
  if (request.user !== undefined) body.metadata = { user_id: request.user };
  writeServiceTier(body, request, context);
  if (to.stream) body.stream = true;
  warnUnknown(request, context);
  writePassthrough(body, request, to, context);
  const own = request.providerOptions?.[to.provider];
  if (own !== undefined) mergeFields(body, own);
  // Names for a header, which stand beside fields of the body.
  if (body.betas !== undefined) delete body.betas;
  fitCacheMarkers(body, context);
  return body;
}

function fitLimit(request: ChatRequest, context: EncodeContext): ChatRequest {
  const { mostTokens } = context.rules;
  const { maxOutputTokens } = request;
  if (maxOutputTokens === undefined || mostTokens === undefined || maxOutputTokens <= mostTokens)
    return request;
  context.warn(
    'changed',
    'maxOutputTokens',
    `The model writes at most ${mostTokens} tokens: that limit is sent.`,
  );
  return { ...request, maxOutputTokens: mostTokens };
}

/** `between_tools` is for the pauses between calls: an answer begins without thinking. */
function isThinking(thinking: JsonObject | undefined): boolean {
  return thinking?.type === 'adaptive' || thinking?.type === 'enabled';
}

function writeToolChoice(body: JsonBody, request: ChatRequest, context: EncodeContext): void {
  if (body.tools !== undefined) {
    const choice = encodeToolChoice(request, context);
    if (choice !== undefined) body.tool_choice = choice;
  } else if (forcesTool(request)) {
    context.warn(
      'unsupported',
      'toolChoice',
      'There are no tools to choose from: it was left out.',
    );
  }
}

// OpenAI's "default" means standard capacity only; other words are tiers that the API does not have.
function writeServiceTier(
  body: JsonBody,
  { serviceTier }: ChatRequest,
  context: EncodeContext,
): void {
  if (serviceTier === undefined) return;
  if (serviceTier === 'auto' || serviceTier === 'standard_only') body.service_tier = serviceTier;
  else if (serviceTier === 'default') body.service_tier = 'standard_only';
  else {
    context.warn(
      'unsupported',
      'serviceTier',
      'Anthropic Messages has the service tiers "auto" and "standard_only": it was left out.',
    );
  }
}

function warnUnknown(request: ChatRequest, context: EncodeContext): void {
  for (const setting of UNKNOWN) {
    if (request[setting] === undefined) continue;
    context.warn('unsupported', setting, `Anthropic Messages has no field for "${setting}".`);
  }
  if (request.choices !== undefined && request.choices > 1)
    context.warn('unsupported', 'choices', 'Anthropic Messages gives one answer a request.');
}

function writePassthrough(
  body: JsonBody,
  { passthrough }: ChatRequest,
  to: EncodeTarget<AnthropicDialect>,
  context: EncodeContext,
): void {
  if (passthrough?.format !== ANTHROPIC_MESSAGES) {
    warnForeignFields(passthrough, to);
    return;
  }
  mergeFields(body, passthrough.fields);
  if (!isJsonObject(passthrough.fields.thinking) || !isJsonObject(body.thinking)) return;
  const fitting = fittingThinking(body.thinking, context);
  if (fitting === undefined) delete body.thinking;
  else body.thinking = fitting;
}
