import { isJsonObject, type JsonObject, type Usage } from '@inferway/core';
import type { JsonBody } from '../json-body.js';

/** Members of Anthropic's usage that no canonical count says; kept where the raw usage is Anthropic's own. */
const OWN = [
  'server_tool_use',
  'service_tier',
  'inference_geo',
  'speed',
  'iterations',
  'fallback_credit',
];

/**
 * Canonical totals as Anthropic counts: `input_tokens` without what was read from or written to the cache. Clients need numbers for input and
 * output, so that an unknown count is 0 there; the others are null.
 */
export function encodeUsage(usage: Usage | undefined): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage ?? {};
  const hour = usage?.cacheWrite1hTokens;
  const draft: JsonBody = {
    input_tokens: Math.max(
      0,
      (inputTokens ?? 0) - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0),
    ),
    cache_creation_input_tokens: cacheWriteTokens ?? null,
    cache_read_input_tokens: cacheReadTokens ?? null,
    output_tokens: outputTokens ?? 0,
  };
  if (hour !== undefined) {
    draft.cache_creation = {
      ephemeral_5m_input_tokens: Math.max(0, (cacheWriteTokens ?? hour) - hour),
      ephemeral_1h_input_tokens: hour,
    };
  }
  if (usage?.reasoningTokens !== undefined)
    draft.output_tokens_details = { thinking_tokens: usage.reasoningTokens };
  const raw = usage?.raw;
  if (isJsonObject(raw) && 'input_tokens' in raw) {
    for (const key of OWN) if (raw[key] !== undefined) draft[key] = raw[key];
  }
  return draft;
}
