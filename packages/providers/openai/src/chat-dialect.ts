import type { ChatRequest, ReasoningEffort } from '@inferway/core';
import type { ChatSetting, OpenAIChatDialect } from '@inferway/wire';

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

const PLAIN: OpenAIChatDialect = { maxTokensField: 'max_completion_tokens', unsupported: NEVER };

/** What one model of OpenAI's takes: platform.openai.com, "Reasoning" and the parameter compatibility of "Latest model". */
export function chatDialect(model: string, request: ChatRequest): OpenAIChatDialect {
  const kind = kindOf(model);
  if (kind === undefined) return PLAIN;
  // From 5.1 to before 6 a model that is told not to reason takes sampling settings again.
  const samples = kind.samplesAtRest && request.reasoning?.effort === 'none';
  return {
    maxTokensField: 'max_completion_tokens',
    systemRole: 'developer',
    efforts: kind.efforts,
    unsupported: samples ? NEVER : [...NEVER, ...NOT_WITH_REASONING],
  };
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
