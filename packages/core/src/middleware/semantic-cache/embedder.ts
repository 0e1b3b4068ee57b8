import type { Call } from '../../call.js';
import type { CallOptions } from '../../client-input.js';
import { caller } from '../../caller.js';
import type { Cost } from '../../money.js';
import { badOption } from '../../option-checks.js';
import type { Usage } from '../../usage.js';

/** A text's vector, and what it took to make it. */
export interface Embedded {
  readonly vector: ArrayLike<number>;
  readonly usage?: Usage | undefined;
  readonly cost?: Cost | undefined;
}

/** Makes a vector of a text. `call` is the one that it is for; its signal ends the work. */
export interface Embedder {
  (text: string, call: Call): Promise<ArrayLike<number> | Embedded>;
  /** Names what made the vectors: those of different spaces are never compared. */
  readonly space?: string | undefined;
}

/** What `clientEmbedder` needs of a client. */
export interface EmbeddingClient {
  embed(
    request: never,
    options?: CallOptions,
  ): Promise<{
    readonly embeddings: readonly (readonly number[] | string)[];
    readonly usage?: Usage | undefined;
    readonly cost?: Cost | undefined;
  }>;
}

/** The models that a client can embed with, as it writes them. */
export type EmbeddingModel<C extends EmbeddingClient> = Parameters<C['embed']>[0] extends {
  readonly model: infer M;
}
  ? Extract<M, string>
  : string;

/** Which model makes the vectors. */
export interface ClientEmbedderOptions<Model extends string = string> {
  /** `provider/model` of the client. */
  readonly model: Model;
  readonly dimensions?: number | undefined;
  /** Puts into the state of the embedding's own call what the client's layers need of the call that it is for. `caller` is always there. */
  readonly state?: NonNullable<CallOptions['state']> | undefined;
}

/**
 * An embedder of a client's own: `clientEmbedder(client, { model: 'openai/text-embedding-3-small' })`. Its calls run through that client's chain on
 * behalf of the same caller, so that budgets, limits and the ledger count them.
 */
export function clientEmbedder<C extends EmbeddingClient>(
  client: C,
  options: ClientEmbedderOptions<EmbeddingModel<C>>,
): Embedder {
  const { model, dimensions, state: setUp } = options;
  if (typeof client?.embed !== 'function')
    throw badOption('client', 'clientEmbedder: no provider of the client can embed. Add one.');
  if (typeof model !== 'string')
    throw badOption('model', 'clientEmbedder: model is missing. Write "provider/model-id".');
  const embed = async (text: string, call: Call): Promise<Embedded> => {
    const { embeddings, usage, cost } = await client.embed(
      { model, input: text, ...(dimensions === undefined ? {} : { dimensions }) } as never,
      {
        signal: call.signal,
        state(state) {
          const who = call.state.get(caller);
          if (who !== undefined) state.set(caller, who);
          setUp?.(state);
        },
      },
    );
    return { vector: embeddings[0] as readonly number[], usage, cost };
  };
  return Object.assign(embed, { space: `${model} ${dimensions ?? ''}` });
}
