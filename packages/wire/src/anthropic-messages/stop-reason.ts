import type { ChatChoice, FinishReason } from '@inferway/core';

type Unified = FinishReason['unified'];

/** Documented values of `stop_reason` (platform.claude.com, "Handling stop reasons"; `compaction` is beta). */
const UNIFIED: ReadonlyMap<string, Unified> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
  ['pause_turn', 'other'],
  ['compaction', 'other'],
]);

const WORDS: Readonly<Record<Unified, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  error: 'end_turn',
  other: 'end_turn',
  unknown: 'end_turn',
};

export function finishReasonOf(stopReason: unknown): FinishReason {
  if (typeof stopReason !== 'string') return { unified: 'unknown' };
  return { unified: UNIFIED.get(stopReason) ?? 'other', raw: stopReason };
}

/** True for a stop that may have cut a tool call in the middle, which then must not be run. */
export function mayCut({ unified }: FinishReason): boolean {
  return unified === 'length' || unified === 'content-filter' || unified === 'unknown';
}

/**
 * Anthropic's word for a finish reason of any origin; a word that no rule explains is told as it is. A client runs tools only on `tool_use`, so an answer with tool calls that another
 * protocol merely calls stopped is told as that.
 */
export function stopReasonOf({ unified, raw }: FinishReason, holds: AnswerHolds): string {
  if (raw !== undefined && (UNIFIED.get(raw) ?? 'other') === unified) return raw;
  if (unified === 'stop' && holds.toolCall) return WORDS['tool-calls'];
  if (unified === 'stop' && holds.refusal) return WORDS['content-filter'];
  return WORDS[unified];
}

/** What of an answer bears on its stop reason. */
export interface AnswerHolds {
  readonly toolCall: boolean;
  readonly refusal: boolean;
}

export function answerHolds({ message }: ChatChoice): AnswerHolds {
  return {
    toolCall: message.content.some((part) => part.type === 'tool-call'),
    refusal: message.content.some((part) => part.type === 'refusal'),
  };
}
