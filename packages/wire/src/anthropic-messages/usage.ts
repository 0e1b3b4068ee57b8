import { isJsonObject, type JsonObject, type Usage } from '@inferway/core';
import type { JsonBody } from '../json-body.js';
import { asCount } from '../lenient.js';

/**
 * Anthropic's `usage` to canonical totals. `input_tokens` leaves out what was read from and written to the cache; the total is the sum of
 * the three (platform.claude.com, API reference of Usage).
 */
export function usageOf(raw: unknown): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const input = asCount(raw.input_tokens);
  const output = asCount(raw.output_tokens);
  const read = asCount(raw.cache_read_input_tokens);
  const lifetimes = isJsonObject(raw.cache_creation) ? raw.cache_creation : {};
  const hour = asCount(lifetimes.ephemeral_1h_input_tokens);
  const minutes = asCount(lifetimes.ephemeral_5m_input_tokens);
  const written = asCount(raw.cache_creation_input_tokens) ?? sum(minutes, hour);
  const details = raw.output_tokens_details;
  const thinking = isJsonObject(details) ? asCount(details.thinking_tokens) : undefined;
  return {
    ...(input === undefined ? {} : { inputTokens: input + (read ?? 0) + (written ?? 0) }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(read === undefined ? {} : { cacheReadTokens: read }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...(hour === undefined ? {} : { cacheWrite1hTokens: hour }),
    ...(thinking === undefined ? {} : { reasoningTokens: thinking }),
    raw,
  };
}

/** The input that `message_start` counts; undefined where all counts are 0, which servers write that count only at the end. */
export function countedInput(raw: unknown): Usage | undefined {
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = usageOf(raw) ?? {};
  if (inputTokens === undefined || inputTokens === 0) return undefined;
  return {
    inputTokens,
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
  };
}

/** Usage without its counts of output. */
export function withoutOutput(usage: Usage | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const { outputTokens: _output, reasoningTokens: _reasoning, ...rest } = usage;
  return rest;
}

/** A later report of the same answer over an earlier one: counts are cumulative, the last one wins, and null says nothing. */
export function mergeUsage(
  earlier: JsonObject | undefined,
  later: unknown,
): JsonObject | undefined {
  if (!isJsonObject(later)) return earlier;
  const merged: JsonBody = { ...earlier };
  for (const key in later) {
    if (later[key] !== null || merged[key] === undefined) merged[key] = later[key];
  }
  return merged;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
