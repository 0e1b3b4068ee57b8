import type { FinishReason } from '@inferway/core';

const WORDS: ReadonlySet<string> = new Set(['length', 'eos_token', 'stop_sequence']);

/** One of the protocol's three words. */
export function finishWord({ raw, unified }: FinishReason): string {
  if (raw !== undefined && WORDS.has(raw)) return raw;
  return unified === 'length' ? 'length' : 'eos_token';
}
