import {
  isJsonObject,
  type ChatRequest,
  type JsonObject,
  type ReasoningEffort,
  type ReasoningSettings,
} from '@inferway/core';
import type { OpenAIChatDialect, OpenAICompletionsDialect } from '@inferway/wire';
import type { VllmOptions } from './vllm-options.js';

type Asked = Pick<VllmOptions, 'thinkTags' | 'metrics'>;

/** What every version of the server knows; newer ones know more. */
const EFFORTS: readonly ReasoningEffort[] = ['low', 'medium', 'high'];

/** What vLLM's Chat Completions take and give (docs.vllm.ai; `chat_completion/protocol.py`). */
export function chatDialect({
  thinkTags,
  metrics,
}: Asked): (model: string, request: ChatRequest) => OpenAIChatDialect {
  const common: OpenAIChatDialect = {
    reasoning: reasoningFields,
    // `reasoning` since 0.11, `reasoning_content` before.
    reasoningInput: 'both',
    thinkTags,
    // Taken, and without effect.
    unsupported: ['user', 'metadata', 'serviceTier', 'promptCacheKey'],
    defaults: metricsField(metrics),
    timings,
  };
  const off: OpenAIChatDialect = { ...common, efforts: ['none'] };
  const on: OpenAIChatDialect = { ...common, efforts: EFFORTS };
  return (model, { reasoning }) =>
    reasoning?.effort === 'none' && !model.includes('gpt-oss') ? off : on;
}

export function completeDialect({ metrics }: Asked): OpenAICompletionsDialect {
  return { unsupported: ['suffix', 'user'], defaults: metricsField(metrics), timings };
}

/** Templates have their own switch for reasoning, under one of two names; those that have none do not look. */
function reasoningFields({ effort, maxTokens }: ReasoningSettings): JsonObject {
  const thinks = effort !== 'none';
  return {
    ...(effort === undefined || effort === 'none' ? {} : { reasoning_effort: effort }),
    ...(maxTokens === undefined ? {} : { thinking_token_budget: maxTokens }),
    chat_template_kwargs: { enable_thinking: thinks, thinking: thinks },
  };
}

function metricsField(metrics: boolean | undefined): JsonObject | undefined {
  return metrics === true ? { include_metrics: true } : undefined;
}

const TIMES: readonly (readonly [field: string, name: string])[] = [
  ['queue_time_ms', 'queue'],
  ['time_to_first_token_ms', 'firstToken'],
  ['generation_time_ms', 'generation'],
];

function timings({ metrics }: JsonObject): Readonly<Record<string, number>> | undefined {
  if (!isJsonObject(metrics)) return undefined;
  const told = TIMES.flatMap(([field, name]) => {
    const ms = metrics[field];
    return typeof ms === 'number' ? [[name, ms] as const] : [];
  });
  return told.length === 0 ? undefined : Object.fromEntries(told);
}
