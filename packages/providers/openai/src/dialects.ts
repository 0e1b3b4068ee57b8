import type { ChatRequest, ReasoningEffort } from '@inferway/core';
import type { ChatSetting, OpenAIChatDialect, OpenAIResponsesDialect } from '@inferway/wire';
import { chatFields, responsesFields } from './openai-options.js';

/** No model of OpenAI's takes these. */
const NEVER: readonly ChatSetting[] = ['topK', 'minP', 'repetitionPenalty'];

/** Reasoning models answer 400 to these: "Only the default (1) value is supported", "Unsupported parameter". */
const NOT_WITH_REASONING: readonly ChatSetting[] = [
  'temperature',
  'topP',
  'frequencyPenalty',
  'presencePenalty',
  'logprobs',
];

/** Responses answers 400 to less: "integer below minimum value". */
export const LEAST_OUTPUT = 16;

const PLAIN: OpenAIChatDialect = {
  maxTokensField: 'max_completion_tokens',
  unsupported: NEVER,
  ownFields: chatFields,
};

/** What one model of OpenAI's takes in a chat completion: platform.openai.com, "Reasoning" and the parameter compatibility of "Latest model". */
export function chatDialect(model: string, request: ChatRequest): OpenAIChatDialect {
  const kind = kindOf(model);
  if (kind === undefined) return PLAIN;
  return {
    ...PLAIN,
    systemRole: 'developer',
    efforts: kind.efforts,
    unsupported: samples(kind, request) ? NEVER : [...NEVER, ...NOT_WITH_REASONING],
  };
}

/** The same of a response. */
export function responsesDialect(model: string, request: ChatRequest): OpenAIResponsesDialect {
  const kind = kindOf(model);
  const plain: OpenAIResponsesDialect = {
    // Nothing is kept at OpenAI that nobody asked to keep: what a conversation needs, reasoning included, goes back with it.
    store: keepsState(request) ? undefined : false,
    ownFields: responsesFields,
    minOutputTokens: LEAST_OUTPUT,
  };
  if (kind === undefined) return plain;
  return {
    ...plain,
    systemRole: 'developer',
    efforts: kind.efforts,
    encryptedReasoning: true,
    unsupported: samples(kind, request) ? undefined : NOT_WITH_REASONING,
  };
}

/** Whether the model reasons. */
export function reasons(model: string): boolean {
  return kindOf(model) !== undefined;
}

/** Whether the request builds on what OpenAI keeps, which an answer that is not kept would end. */
function keepsState({ providerOptions, passthrough }: ChatRequest): boolean {
  const fields: object = { ...passthrough?.fields, ...providerOptions?.openai };
  return 'background' in fields || 'conversation' in fields || 'previous_response_id' in fields;
}

/** From 5.1 to before 6 a model that is told not to reason takes sampling settings again. */
function samples(kind: ReasoningKind, { reasoning }: ChatRequest): boolean {
  return kind.samplesAtRest && reasoning?.effort === 'none';
}

interface ReasoningKind {
  readonly efforts: readonly ReasoningEffort[];
  readonly samplesAtRest: boolean;
}

const O_SERIES = /^o\d/u;
const GPT = /^gpt-(\d+)(?:\.(\d+))?(?:-(.+))?$/u;

function kindOf(id: string): ReasoningKind | undefined {
  // A fine-tuned model is `ft:<base>:…`.
  const model = id.startsWith('ft:') ? (id.split(':')[1] ?? '') : id;
  if (O_SERIES.test(model) || model.startsWith('codex-')) {
    return { efforts: ['low', 'medium', 'high'], samplesAtRest: false };
  }
  const [, major, minor, variant] = GPT.exec(model) ?? [];
  const generation = Number(major);
  // `gpt-4.1`, `gpt-4o`, and the chat variants of 5 do not reason.
  if (!(generation >= 5) || variant?.startsWith('chat') === true) return undefined;
  if (generation >= 6) return { efforts: SIX, samplesAtRest: false };
  if (minor === undefined) return { efforts: FIVE, samplesAtRest: false };
  return { efforts: minor === '1' ? FIVE_ONE : FIVE_LATER, samplesAtRest: true };
}

const FIVE: readonly ReasoningEffort[] = ['minimal', 'low', 'medium', 'high'];
const FIVE_ONE: readonly ReasoningEffort[] = ['none', 'low', 'medium', 'high', 'xhigh'];
const FIVE_LATER: readonly ReasoningEffort[] = ['none', 'low', 'medium', 'high', 'xhigh'];
const SIX: readonly ReasoningEffort[] = ['none', 'low', 'medium', 'high', 'xhigh', 'max'];
