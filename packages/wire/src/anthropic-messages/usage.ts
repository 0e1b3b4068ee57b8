import { isJsonObject, type JsonObject, type Usage } from '@inferway/core';
import type { Draft } from './draft.js';

/**
 * Anthropic's `usage` to canonical totals. `input_tokens` leaves out what was read from and written to the cache; the total is the sum of
 * the three (platform.claude.com, API reference of Usage).
 */
export function usageOf(raw: unknown): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const input = count(raw.input_tokens);
  const output = count(raw.output_tokens);
  const read = count(raw.cache_read_input_tokens);
  const lifetimes = isJsonObject(raw.cache_creation) ? raw.cache_creation : {};
  const hour = count(lifetimes.ephemeral_1h_input_tokens);
  const minutes = count(lifetimes.ephemeral_5m_input_tokens);
  const written = count(raw.cache_creation_input_tokens) ?? sum(minutes, hour);
  const details = raw.output_tokens_details;
  const thinking = isJsonObject(details) ? count(details.thinking_tokens) : undefined;
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

/** A later report of the same answer over an earlier one: counts are cumulative, the last one wins, and null says nothing. */
export function mergeUsage(
  earlier: JsonObject | undefined,
  later: unknown,
): JsonObject | undefined {
  if (!isJsonObject(later)) return earlier;
  const merged: Draft = { ...earlier };
  for (const key in later) {
    if (later[key] !== null || merged[key] === undefined) merged[key] = later[key];
  }
  return merged;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
