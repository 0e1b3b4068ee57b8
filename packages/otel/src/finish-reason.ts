import type { FinishReason } from '@inferway/core';

/** A finish reason as the conventions spell it: `stop`, `length`, `content_filter`, `tool_call`, `error`. */
export function conventionalReason(unified: FinishReason['unified']): string {
  return unified === 'tool-calls' ? 'tool_call' : unified.replace('-', '_');
}
