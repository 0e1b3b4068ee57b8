import type { EventOf, Operation, ResultOf, Usage } from '@inferway/core';

/** What the model says in one go: one chunk of a stream. */
export interface Step<E> {
  readonly kind: 'start' | 'thought' | 'text' | 'tool' | 'finish' | 'end';
  readonly events: readonly E[];
  /** Output tokens that these events stand for. */
  readonly tokens: number;
}

/** A whole answer of one operation, ready to be sent in either shape. */
export interface Generation<K extends Operation> {
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** What is counted beside those tokens, or instead of them: over what the meter counts. */
  readonly usage?: Usage | undefined;
  /** The answer as a stream's steps, `tokensPerStep` tokens each. The last one carries `usage`. */
  steps(tokensPerStep: number, usage: Usage): readonly Step<EventOf<K>>[];
  result(): ResultOf<K>;
}
