import type { AnswerOf, CasesOf, EventOf, Operation, RequestOf, ResultOf } from './operations.js';
import type { BatchSettings, ClientBatches } from './batch/client-batch-types.js';
import type { Call } from './call.js';
import type {
  CallOptions,
  ClientInput,
  ModelName,
  OutputBound,
  SupportedBy,
} from './client-input.js';
import type { Clock } from './clock.js';
import type { Middleware } from './middleware.js';
import type { Model } from './model.js';
import type { ModelInfo } from './model-info.js';
import type { InferwayError } from './error.js';
import type { Cost } from './money.js';
import type { ParsedOutput } from './operations/chat-input.js';
import type { Provider, ProviderBase } from './provider.js';
import type { Reply, ReplyMeta } from './reply.js';
import type { ReplyStream } from './reply-stream.js';
import type { Usage } from './usage.js';

export interface ClientOptions<P extends readonly Provider[]> {
  readonly providers: P;
  /** First listed is outermost; `standard()` gives the canonical list. */
  readonly middleware?: readonly Middleware[] | undefined;
  /** Attempts that one call may make in all, over retries, keys and fallbacks. Default 4. */
  readonly attempts?: number | undefined;
  readonly clock?: Clock | undefined;
  /** How batches are run and written down. */
  readonly batch?: BatchSettings | undefined;
}

/** What stands beside every result. */
interface Envelope {
  readonly usage?: Usage | undefined;
  readonly cost?: Cost | undefined;
  readonly meta: ReplyMeta;
}

/** What a call resolves to: the operation's result, and what is known of the reply. */
export type Answer<K extends Operation, Output = undefined> = ResultOf<K> &
  AnswerOf<K> &
  Envelope &
  ([ParsedOutput<Output>] extends [never]
    ? unknown
    : {
        /** The answer's JSON, checked by the schema where one was given; undefined when the model stopped for another reason than being done. */
        readonly parsed: ParsedOutput<Output> | undefined;
      });

/** One operation of a client: call it for a result, or call its `stream` where the operation can stream. */
export type ClientMethod<P extends ProviderBase, K extends Operation> = [CasesOf<K>] extends [never]
  ? PlainMethod<P, K>
  : CaseMethod<P, K>;

type PlainMethod<P extends ProviderBase, K extends Operation> = {
  <const Output extends OutputBound<K> = undefined & OutputBound<K>>(
    input: ClientInput<P, K, Output>,
    options?: CallOptions,
  ): Promise<Answer<K, Output>>;
} & ([EventOf<K>] extends [never]
  ? unknown
  : {
      /** Settles when the provider accepted the call; errors before that are thrown here. */
      stream<const Output extends OutputBound<K> = undefined & OutputBound<K>>(
        input: ClientInput<P, K, Output>,
        options?: CallOptions,
      ): Promise<ReplyStream<K, Answer<K, Output>>>;
    });

/** A method whose result follows from a member of its input. */
type CaseMethod<P extends ProviderBase, K extends Operation> = <
  const V extends keyof CasesOf<K>['of'] & string,
>(
  input: { readonly [Member in CasesOf<K>['by']]: V } & CasesOf<K>['of'][V]['input'] & {
      readonly model: ModelName<P, K> | Model;
    },
  options?: CallOptions,
) => Promise<CasesOf<K>['of'][V]['result'] & Envelope>;

export interface SendOptions<S extends boolean> extends CallOptions {
  readonly model: string | Model;
  readonly stream: S;
}

export interface ModelListing {
  readonly models: readonly ModelInfo[];
  /** Providers that could not be asked. */
  readonly failures: readonly InferwayError[];
}

export interface ClientBase {
  /** One call through the chain, answered with the raw reply: for servers and other code that is not an application. */
  send<K extends Operation, S extends boolean>(
    operation: K,
    request: RequestOf<K>,
    options: SendOptions<S>,
  ): Promise<Reply<Call<K, S>>>;
  /** Discovery over all providers that offer it. */
  models(options?: { readonly signal?: AbortSignal }): Promise<ModelListing>;
  /** Releases the providers' connections. */
  close(): Promise<void>;
}

/** A client has one method for each operation that its providers have. */
export type Client<P extends ProviderBase = ProviderBase> = ClientBase & {
  readonly [K in SupportedBy<P>]: ClientMethod<P, K>;
} & {
  /** Many requests at once: see `ClientBatches`. */
  readonly batch: ClientBatches<P>;
};
