import type { Step } from '../answer/generation.js';

/** A piece of an answer's body as text, with what it stands for. */
export interface Frame {
  readonly kind: Step<never>['kind'];
  readonly text: string;
  /** Output tokens that the model generated for it. */
  readonly tokens: number;
  /** Calls back when more may follow; nothing is sent until then. For answers to work that goes at its own pace. */
  readonly until?: ((goOn: () => void) => void) | undefined;
}

/**
 * Something a server should not do to an answer: `end` closes the body properly, `fin` the connection in the middle of it, `reset`
 * sends a RST, `hang` falls silent and keeps the connection, `repeat` sends a text again and again until the client leaves.
 */
export type Act =
  | { readonly act: 'end' | 'fin' | 'reset' | 'hang' }
  | { readonly act: 'repeat'; readonly text: string; readonly everyMs: number };

export type FrameOrAct = Frame | Act;
