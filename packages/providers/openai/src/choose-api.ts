import type { ChatRequest, Message } from '@inferway/core';
import { endpoint, pick, type EndpointChoice } from '@inferway/provider-kit';
import { openaiChat, openaiResponses, type ChatSetting } from '@inferway/wire';
import { chatDialect, LEAST_OUTPUT, reasons, responsesDialect } from './dialects.js';
import { CHAT_ONLY, RESPONSES_ONLY, type OpenAIApi } from './openai-options.js';

/** Settings that only Chat Completions has. */
const CHAT_SETTINGS: readonly ChatSetting[] = [
  'frequencyPenalty',
  'presencePenalty',
  'seed',
  'stop',
];

/** Models that OpenAI's own client lists for the Responses API alone, and those that are to come in these lines. */
const RESPONSES_MODELS = /^o\d.*-pro|^gpt-\d.*-pro|codex|deep-research|computer-use|-cyber/u;

/** Both ways to a chat, and which of them a call takes. */
export function chatEndpoints(setting: OpenAIApi | undefined): EndpointChoice<'chat'> {
  const chat = endpoint({ format: openaiChat, path: 'chat/completions', dialect: chatDialect });
  const responses = endpoint({
    format: openaiResponses,
    path: 'responses',
    dialect: responsesDialect,
  });
  const ways = { responses, 'chat-completions': chat };
  return {
    among: [responses, chat],
    choose: ({ model, request }) => pick(ways, chooseApi(model.id, request, setting), 'api'),
  };
}

/**
 * The API for one call. Reasoning models go by Responses, so that their reasoning can go back; all else by Chat Completions, unless it has a
 * part or an option of the other one's own. What only Chat Completions can say wins over what is merely better served elsewhere.
 */
function chooseApi(
  model: string,
  request: ChatRequest,
  setting: OpenAIApi = 'auto',
): Exclude<OpenAIApi, 'auto'> {
  const asked = request.providerOptions?.openai?.api ?? setting;
  if (asked !== 'auto') return asked;
  if (RESPONSES_MODELS.test(model) || needsResponses(request)) return 'responses';
  if (needsChat(model, request)) return 'chat-completions';
  const { passthrough, messages } = request;
  return reasons(model) ||
    passthrough?.format === openaiResponses.name ||
    messages.some((message) => holdsPart(message, openaiResponses.name))
    ? 'responses'
    : 'chat-completions';
}

function needsResponses({ providerOptions, passthrough, tools }: ChatRequest): boolean {
  return (
    hasAny(providerOptions?.openai, RESPONSES_ONLY) ||
    (passthrough?.format === openaiResponses.name && hasAny(passthrough.fields, RESPONSES_ONLY)) ||
    (tools ?? []).some((tool) => tool.type === 'provider' && tool.format === openaiResponses.name)
  );
}

function needsChat(model: string, request: ChatRequest): boolean {
  const { providerOptions, passthrough, tools, messages } = request;
  const refused = chatDialect(model, request).unsupported ?? [];
  return (
    (request.choices ?? 1) > 1 ||
    (request.maxOutputTokens ?? LEAST_OUTPUT) < LEAST_OUTPUT ||
    CHAT_SETTINGS.some((name) => request[name] !== undefined && !refused.includes(name)) ||
    hasAny(providerOptions?.openai, CHAT_ONLY) ||
    passthrough?.format === openaiChat.name ||
    (tools ?? []).some((tool) => tool.type === 'provider' && tool.format === openaiChat.name) ||
    messages.some((message) => holdsPart(message, openaiChat.name) || holdsSound(message))
  );
}

function hasAny(fields: object | undefined, names: readonly string[]): boolean {
  return fields !== undefined && names.some((name) => ((fields as never)[name] ?? null) !== null);
}

/** Whether a message holds what only one format knows. */
function holdsPart({ content }: Message, format: string): boolean {
  return (
    typeof content !== 'string' &&
    content.some((part) => part.type === 'provider' && part.format === format)
  );
}

function holdsSound({ role, content }: Message): boolean {
  return (
    role === 'user' && typeof content !== 'string' && content.some(({ type }) => type === 'audio')
  );
}
