import type { FinishReason } from '@inferway/core';
import { asText } from '../lenient.js';

type Unified = FinishReason['unified'];

const UNIFIED: ReadonlyMap<string, Unified> = new Map<string, Unified>([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['end_turn', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['tool_use', 'tool-calls'],
  ['content_filter', 'content-filter'],
  ['error', 'error'],
  // DeepSeek: the answer was cut because the system ran out of capacity.
  ['insufficient_system_resource', 'error'],
]);

const WORDS: Readonly<Record<Unified, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'error',
  // Clients of this protocol know five words; what has none of its own ended by itself.
  other: 'stop',
  unknown: 'stop',
};

/**
 * `finish_reason`, with `native_finish_reason` (OpenRouter) as the provider's own word where there is one. An answer that calls tools
 * ended for them, also where the word is `stop`, as OpenAI says it for a forced tool.
 */
export function readFinishReason(word: string, native: unknown, callsTools: boolean): FinishReason {
  const unified = UNIFIED.get(word) ?? 'other';
  return {
    unified: unified === 'stop' && callsTools ? 'tool-calls' : unified,
    raw: asText(native) ?? word,
  };
}

/** A choice's `finish_reason` where it says something; DashScope writes the word `null` for not yet. */
export function finishWord(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== 'null' ? value : undefined;
}

/** The word for clients of this protocol, and the provider's own where it is another. */
export function writeFinishReason(reason: FinishReason): { word: string; native?: string } {
  const word = WORDS[reason.unified];
  return reason.raw === undefined || reason.raw === word ? { word } : { word, native: reason.raw };
}
