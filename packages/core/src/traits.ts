import type { FileData } from './files/file-data.js';
import type { AnswerOf, EventOf, InputOf, Operation, RequestOf, ResultOf } from './operations.js';
import type { Usage } from './usage.js';

/** Gathers a stream's events into the result that a unary call would have given. */
export interface Fold<E, R> {
  add(event: E): void;
  /** The result so far; the partial answer where the stream has not ended. */
  result(): R;
}

/**
 * What the chain must know of one operation to treat its two shapes as one thing. Chat's are always there; those of other operations come with
 * the formats and providers that speak them.
 */
export interface OperationTraits<K extends Operation> {
  /** True for an event that commits the reply: the first one ends retry and fallback (law 1). Default: all but `type: 'start'`. */
  isContent?(event: EventOf<K>): boolean;
  /** Events to result. */
  fold?(): Fold<EventOf<K>, ResultOf<K>>;
  /** Result to the events that would have made it. */
  unfold?(result: ResultOf<K>, usage: Usage | undefined): readonly EventOf<K>[];
  /** How many characters of the model's output an event carries, for estimates where no usage is reported. Default: those of `text`. */
  outputLength?(event: EventOf<K>): number;
  /**
   * What a complete result amounts to: caches keep an `answer`, never what is `incomplete` or `passing` (it holds addresses that expire), and
   * calls of tools only where told. Default `answer`.
   */
  ending?(result: ResultOf<K>): Ending;
  /** The text that an event adds to the answer, for `stream.text`. */
  text?(event: EventOf<K>): string | undefined;
  /** Of an event that tells that a broken answer goes on: whether all before it is taken back (`restart`), or grows on. */
  seam?(event: EventOf<K>): 'restart' | 'continue' | undefined;
  /** The result with each of its files changed, for deliveries that fetch what came as a URL. */
  mapFiles?(
    result: ResultOf<K>,
    change: (file: FileData) => Promise<FileData>,
  ): Promise<ResultOf<K>>;
  /** The comfort members that the client adds to a result. */
  answer?(result: ResultOf<K>): AnswerOf<K> & object;
  /**
   * Turns what the application wrote into the request that travels, and may check or complete the result (structured output). A promise only
   * where something must be read first (files); `signal` ends that.
   */
  prepare?(input: InputOf<K>, signal?: AbortSignal): Prepared<K> | Promise<Prepared<K>>;
}

/** See `OperationTraits.ending`. */
export type Ending = 'answer' | 'tool-calls' | 'incomplete' | 'passing';

/** See `OperationTraits.prepare`. */
export interface Prepared<K extends Operation> {
  readonly request: RequestOf<K>;
  /** Extra members for the answer, such as `parsed`. May throw an `InferwayError`. */
  complete?(result: ResultOf<K>): object | Promise<object>;
}

/** The default for operations that say nothing: everything but a `start` event is content. */
export function isContentByDefault(event: unknown): boolean {
  return !(
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    event.type === 'start'
  );
}
