import type { FinishReason } from '@inferway/core';

/** What the simulated model says, in its tokens. A part's text is its tokens joined. */
export type SimulatedPart =
  | { readonly type: 'text'; readonly tokens: readonly string[] }
  | {
      readonly type: 'reasoning';
      readonly tokens: readonly string[];
      /** Hidden reasoning is counted and billed, never shown. */
      readonly hidden: boolean;
    }
  | {
      readonly type: 'tool-call';
      readonly id: string;
      readonly name: string;
      /** The tokens of the arguments' JSON text. */
      readonly tokens: readonly string[];
    };

export interface SimulatedChoice {
  readonly parts: readonly SimulatedPart[];
  readonly finishReason: FinishReason;
  /** The stop sequence that ended it. */
  readonly stopSequence?: string | undefined;
}

export interface SimulatedAnswer {
  readonly choices: readonly [SimulatedChoice, ...SimulatedChoice[]];
  /** All choices together, reasoning included. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}
