import type { JsonObject, Usage } from '@inferway/core';
import { defined, type JsonBody } from '../json-body.js';
import { asCount, asObject } from '../lenient.js';

/** Whether `completion_tokens` holds the reasoning tokens, as OpenAI's does. */
export type ReasoningTokens = 'inside' | 'outside';

/**
 * Usage as OpenAI and those who follow it write it. Cached tokens are found where any of them puts them: `prompt_tokens_details`,
 * `cached_tokens`, `prompt_cache_hit_tokens` (DeepSeek), `num_cached_tokens` (Mistral). Without `reasoning` being said, reasoning tokens
 * are taken to stand outside of `completion_tokens` where the total says so (xAI) or they are more than it (some of DeepInfra's).
 */
export function readUsage(raw: unknown, reasoning?: ReasoningTokens): Usage | undefined {
  const usage = asObject(raw);
  if (usage === undefined) return undefined;
  const input = asObject(usage['prompt_tokens_details']);
  const output = asObject(usage['completion_tokens_details']);
  const inputTokens = asCount(usage['prompt_tokens']);
  const completion = asCount(usage['completion_tokens']);
  const reasoningTokens =
    asCount(output?.['reasoning_tokens']) ?? asCount(usage['reasoning_tokens']);
  return defined({
    inputTokens,
    outputTokens: outputTokens(
      inputTokens,
      completion,
      reasoningTokens,
      asCount(usage['total_tokens']),
      reasoning,
    ),
    cacheReadTokens:
      asCount(input?.['cached_tokens']) ??
      asCount(usage['cached_tokens']) ??
      asCount(usage['prompt_cache_hit_tokens']) ??
      asCount(usage['num_cached_tokens']) ??
      asCount(usage['cache_read_input_tokens']),
    cacheWriteTokens:
      asCount(input?.['cache_write_tokens']) ?? asCount(usage['cache_creation_input_tokens']),
    reasoningTokens,
    inputAudioTokens: asCount(input?.['audio_tokens']),
    outputAudioTokens: asCount(output?.['audio_tokens']),
    reportedCost: readCost(usage),
    raw: usage,
  });
}

function outputTokens(
  input: number | undefined,
  completion: number | undefined,
  reasoning: number | undefined,
  total: number | undefined,
  where: ReasoningTokens | undefined,
): number | undefined {
  if (completion === undefined || reasoning === undefined || reasoning === 0) return completion;
  const outside =
    where === undefined
      ? reasoning > completion || (input !== undefined && total === input + completion + reasoning)
      : where === 'outside';
  return outside ? completion + reasoning : completion;
}

/** What the provider says that it charged: dollars in `cost` (OpenRouter; an object at Perplexity), or 10⁻¹⁰ dollars (xAI). */
function readCost(usage: JsonObject): number | undefined {
  const ticks = asCount(usage['cost_in_usd_ticks']);
  if (ticks !== undefined) return nanos(ticks / 10);
  const dollars = asCount(usage['cost']) ?? asCount(asObject(usage['cost'])?.['total_cost']);
  if (dollars === undefined) return undefined;
  // With a provider key of the caller's own, OpenRouter's `cost` is its fee alone and the provider's bill stands beside it.
  const upstream =
    usage['is_byok'] === true
      ? asCount(asObject(usage['cost_details'])?.['upstream_inference_cost'])
      : undefined;
  return nanos((dollars + (upstream ?? 0)) * 1e9);
}

function nanos(amount: number): number | undefined {
  const rounded = Math.round(amount);
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}

/** Usage as OpenAI writes it. What is not known is left out. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens: output, reportedCost } = usage;
  return defined({
    prompt_tokens: inputTokens,
    completion_tokens: output,
    total_tokens:
      inputTokens === undefined || output === undefined ? undefined : inputTokens + output,
    prompt_tokens_details: details({
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      audio_tokens: usage.inputAudioTokens,
    }),
    completion_tokens_details: details({
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.outputAudioTokens,
    }),
    cost: reportedCost === undefined ? undefined : reportedCost / 1e9,
  });
}

function details(counts: JsonBody): JsonObject | undefined {
  const known = defined(counts);
  return Object.keys(known).length === 0 ? undefined : known;
}
