import type { Call } from '../call.js';
import type { Clock } from '../clock.js';
import { illShaped } from '../ill-shaped.js';
import { parseModel, type Model } from '../model.js';
import { chatTraits } from '../operations/chat-traits.js';
import { completeTraits } from '../operations/complete-traits.js';
import type { Operation } from '../operations.js';
import type { ProviderBase } from '../provider.js';
import { State } from '../state.js';
import type { OperationTraits } from '../traits.js';

/** What the call would be. */
export interface ExplainOptions {
  /** Default `chat`. */
  readonly operation?: Operation | undefined;
  /** Default false. */
  readonly stream?: boolean | undefined;
  /** As of a call: puts in what layers look at, such as `caller`, `session` and `routeRules`. */
  readonly state?: ((state: State) => void) | undefined;
  /** Ends the wait for discovery. */
  readonly signal?: AbortSignal | undefined;
}

/** A call as the client would make it, for looking at only. */
export async function dryCall(
  model: string | Model,
  request: object,
  options: ExplainOptions,
  clock: Clock,
  providers: ReadonlyMap<string, ProviderBase> | undefined,
): Promise<Call> {
  const { operation = 'chat', stream = false } = options;
  const all: Record<string, unknown> = { chat: chatTraits, complete: completeTraits };
  for (const provider of providers?.values() ?? []) Object.assign(all, provider.traits);
  const traits = <K extends Operation>(name: K): OperationTraits<K> | undefined =>
    all[name] as OperationTraits<K> | undefined;
  const state = new State({ clock, traits });
  options.state?.(state);
  const signal = options.signal ?? new AbortController().signal;
  try {
    const prepared = await traits(operation)?.prepare?.(request as never, signal);
    return {
      operation,
      stream,
      model: parseModel(model),
      request: prepared?.request ?? request,
      signal,
      state,
    } as unknown as Call;
  } catch (reason) {
    throw illShaped(reason);
  }
}
