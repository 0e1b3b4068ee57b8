import type { Call } from '../call.js';
import type { Operation, ResultOf } from '../operations.js';
import type { EventTransform } from '../transform.js';
import type { AfterVerdict, BeforeVerdict } from './verdict.js';

/**
 * One check. `before` sees the request, `after` the whole answer. Of a stream the answer is held back until it is whole, unless `filter` is there
 * and can treat it while it passes. Hooks see what the hooks before them have made of a request or answer.
 */
export interface GuardHook<K extends Operation = Operation> {
  /** By which errors and events name it. */
  readonly name: string;
  /** Default: all. */
  readonly operations?: readonly Operation[] | undefined;
  before?(call: Call<K>): BeforeVerdict<K> | Promise<BeforeVerdict<K>>;
  after?(result: ResultOf<K>, call: Call<K>): AfterVerdict<K> | Promise<AfterVerdict<K>>;
  /** For streams, in the place of `after`; what it throws fails the stream. Undefined: this call needs none. */
  filter?(call: Call<K>): EventTransform<object> | undefined;
}

/** A hook as `guard` takes it: an object. A function has a name, too, and all else of a hook is optional. */
export type HookObject = GuardHook & { readonly bind?: never };

/** Gives a hook the exact types of the operations it is for. */
export function guardHook<K extends Operation>(
  operations: K | readonly K[],
  hook: Omit<GuardHook<K>, 'operations'>,
): GuardHook {
  const list: readonly Operation[] = typeof operations === 'string' ? [operations] : operations;
  return { ...hook, operations: list } as unknown as GuardHook;
}
