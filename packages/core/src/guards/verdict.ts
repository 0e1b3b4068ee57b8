import type { Operation, RequestOf, ResultOf } from '../operations.js';

/** What a hook says of a request. Undefined allows it. */
export type BeforeVerdict<K extends Operation = Operation> =
  | undefined
  | { readonly verdict: 'allow' }
  | Denied
  | { readonly verdict: 'replace'; readonly request: RequestOf<K> };

/** What a hook says of an answer. Undefined allows it. */
export type AfterVerdict<K extends Operation = Operation> =
  | undefined
  | { readonly verdict: 'allow' }
  | Denied
  | { readonly verdict: 'replace'; readonly result: ResultOf<K> }
  | AskAgain;

/** The call fails with `content_filter`: a request is not sent, an answer is not given. */
export interface Denied {
  readonly verdict: 'deny';
  /** One sentence for the caller: what is not allowed, and the cure. Never the content itself. */
  readonly reason: string;
}

/** The model is told what is wrong with its answer and asked once more, as often as the guard allows. Chat only. */
export interface AskAgain {
  readonly verdict: 'ask-again';
  /** What the model is told, as a message of the user. */
  readonly message: string;
  /** For the error, when it was asked often enough. */
  readonly reason: string;
}
