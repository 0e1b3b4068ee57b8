import type { Model } from './model.js';
import type { InputOf, Operation } from './operations.js';
import type { ProviderBase } from './provider.js';
import type { State } from './state.js';

export interface CallOptions {
  /** Aborting it ends the call in any phase and closes the provider's socket. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole logical call, every retry and fallback included. */
  readonly timeoutMs?: number | undefined;
  /** Puts values for middleware into the call's state: `(state) => state.set(TENANT, 'acme')`. */
  readonly state?: ((state: State) => void) | undefined;
}

type KeysOf<P> = P extends unknown ? keyof P : never;

/** The operations that at least one of the providers has. */
export type SupportedBy<P extends ProviderBase> = Extract<Operation, KeysOf<P>>;

/** What a call may name in a provider's place where a router is in the chain: `auto/model`, `route/name`. */
export type RoutedName = `auto/${string}` | `route/${string}`;

/** `provider/…` for every provider that has operation `K`, or what a router resolves. */
export type ModelName<P extends ProviderBase, K extends Operation> =
  | RoutedName
  | (P extends unknown ? (K extends keyof P ? `${P['name']}/${string}` : never) : never);

/** An operation's input. `Output` is inferred from `output`. */
export type InputWith<K extends Operation, Output> = 'output' extends keyof InputOf<K>
  ? Omit<InputOf<K>, 'output'> & { readonly output?: Output }
  : InputOf<K>;

/** What the application passes: the operation's input and the model. */
export type ClientInput<P extends ProviderBase, K extends Operation, Output> = InputWith<
  K,
  Output
> & { readonly model: ModelName<P, K> | Model };

/** What `output` may be; undefined where the operation has none. */
export type OutputBound<K extends Operation> =
  InputOf<K> extends { readonly output?: infer O } ? O : undefined;
