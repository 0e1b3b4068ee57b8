import type {
  ErrorCode,
  EventOf,
  InferwayError,
  Operation,
  OperationTraits,
  RequestOf,
} from '@inferway/core';
import type { Decoded } from '@inferway/wire';
import type { WireAnswer, WireCall } from './wire-answer.js';
import type { WireRequest } from './wire-request.js';
import type { WireVariant } from './wire-variant.js';

/**
 * How one operation looks on the wire of a protocol, from the server's side. The kit makes one of a `Format` by itself; who has no server's
 * doors for his protocol writes one.
 *
 * A call may take several exchanges (create → poll → stream): `unary` and `stream` then give one answer for each, in order, and the path of
 * every request after the first holds `call.id`. The last answer is the one that carries the result; it is repeated to whoever asks again.
 */
export interface WireScript<K extends Operation = Operation> {
  /** The protocol's name. */
  readonly name: string;
  readonly operation: K;
  /** Of an operation that core has no traits for. */
  readonly traits?: OperationTraits<K> | undefined;

  /** The answers to a unary call whose result is this. */
  unary(answer: Decoded<K>, call: WireCall): readonly WireAnswer[];
  /**
   * The answers to a streamed call; the last has `frames`. Events without `end` are an answer that is cut: no terminal signal.
   * Absent where the protocol cannot stream.
   */
  readonly stream?:
    | ((events: readonly EventOf<K>[], call: WireCall) => readonly WireAnswer[])
    | undefined;

  /** The body of an error status: JSON, or text. */
  error(error: InferwayError): unknown;
  /** The answers to a unary call that fails inside of a success; absent where the protocol has no such thing. */
  readonly unaryFailure?:
    | ((error: InferwayError, call: WireCall) => readonly WireAnswer[])
    | undefined;
  /** The message that tells in the middle of a stream that it failed; absent where the protocol has no such thing. */
  readonly failureFrame?: ((error: InferwayError) => string | Uint8Array) | undefined;

  /** Answers a request that is none of a call's exchanges: cancelling, uploads, discovery. Asked first; undefined for all others. */
  readonly aside?: ((request: WireRequest, origin: string) => WireAnswer | undefined) | undefined;
  /** Throws (`node:assert`) where the first request of a call does not say what was asked. */
  readonly checkRequest?:
    | ((request: WireRequest, asked: Asked<K>) => void | Promise<void>)
    | undefined;
  /** The codes that `unaryFailure` and `failureFrame` can tell apart. Default: those of `Format`s; `[]` where they tell none. */
  readonly failureCodes?: readonly ErrorCode[] | undefined;
  /** What ends a stream. Default `signal`; `transport` for files, which end where their bytes do. */
  readonly end?: 'signal' | 'transport' | undefined;
  /** True where the content type alone tells JSON from a file, so that another one is another answer. */
  readonly typed?: boolean | undefined;
  /** True where an adapter may go on after a broken exchange, by asking again: then a loss may end in the whole answer, never in a part of it. */
  readonly recovers?: boolean | undefined;
  /** What this protocol has no words for in an answer. */
  readonly silent?: readonly Silent[] | undefined;
  /** Answers in forms that `unary` and `stream` do not write and that servers of this protocol do. */
  readonly variants?: readonly WireVariant<K>[] | undefined;
}

/** What a call asked for. */
export interface Asked<K extends Operation> {
  readonly model: string;
  readonly stream: boolean;
  readonly request: RequestOf<K>;
}

/** See `WireScript.silent`. */
export type Silent =
  | 'usage'
  | 'usage-parts'
  /** At least of unary answers. */
  | 'input-tokens'
  | 'finish-reason'
  | 'id'
  | 'call-id';
