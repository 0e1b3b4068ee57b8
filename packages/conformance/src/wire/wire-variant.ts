import type { Operation, RequestOf, ResultOf, Usage } from '@inferway/core';
import type { WireAnswer, WireCall } from './wire-answer.js';

/** An answer in one form that servers of a protocol have, and what it means. */
export interface WireVariant<K extends Operation> {
  /** In the test's name: `tool calls: the id only in the first delta`. */
  readonly name: string;
  /** Default: the sample's request. */
  readonly request?: RequestOf<K> | undefined;
  readonly stream: boolean;
  /** As `WireScript.unary` and `stream`; a list of strings is the frames of an event stream. */
  readonly answer: readonly string[] | ((call: WireCall) => readonly WireAnswer[]);
  /** What must be in the result, compared deeply; members that are not named are not compared. */
  readonly result?: DeepPartial<ResultOf<K>> | undefined;
  /** The same of the usage; null where there must be none. */
  readonly usage?: Usage | null | undefined;
  /** The code of the error that it must be instead. */
  readonly error?: string | undefined;
}

type DeepPartial<T> = T extends readonly (infer E)[]
  ? readonly DeepPartial<E>[]
  : T extends object
    ? { readonly [P in keyof T]?: DeepPartial<T[P]> }
    : T;
