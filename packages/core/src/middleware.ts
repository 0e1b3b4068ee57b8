import type { Call } from './call.js';
import type { Operation } from './operations.js';
import type { AnyReply, Reply } from './reply.js';

/** The rest of the chain. May be called any number of times, with a changed call. */
export type Next = <C extends Call>(call: C) => Promise<Reply<C>>;

/**
 * One layer of the chain. First listed is outermost. `await next(call)` settles when the provider accepted;
 * a stream's later life is seen with `observe`. See `on` for exact types of one operation.
 */
export interface Middleware {
  (call: Call, next: Next): Promise<AnyReply>;
  /** The operations that it applies to; absent means all. */
  readonly operations?: readonly Operation[];
}

/** Narrows a middleware to some operations, with exact types: a wrong request or result is a compile error. */
export function on<K extends Operation>(
  operations: K | readonly K[],
  handle: (call: Call<K>, next: Next) => Promise<Reply<Call<K>>>,
): Middleware {
  const list: readonly K[] = typeof operations === 'string' ? [operations] : operations;
  const narrowed = (call: Call, next: Next): Promise<AnyReply> =>
    handle(call as Call<K>, next) as Promise<AnyReply>;
  Object.defineProperty(narrowed, 'name', { value: handle.name });
  return Object.assign(narrowed, { operations: list });
}
