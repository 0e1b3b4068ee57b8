import type { Events } from './events.js';
import type { Observer, Outcome } from './outcome.js';
import type { AnyReply } from './reply.js';

/** The events of a reply of type `R`: of all operations where `R` may be of any. */
type EventsIn<R> = R extends { readonly events: Events<infer E> } ? E : never;

/**
 * Lets `observer` see the whole life of a reply, unary or stream; `end` comes exactly once.
 * For a unary reply that is at once; a cost that `end` sets on the outcome becomes the reply's.
 * A failure of `next` itself gives no reply: catch it there.
 */
export function observe<R extends AnyReply>(reply: R, observer: Observer<EventsIn<R>>): R {
  if (reply.stream) {
    reply.events.observe(observer as Observer);
    return reply;
  }
  const outcome: Outcome = { status: 'complete', usage: reply.usage, cost: reply.cost };
  observer.end?.(outcome);
  return outcome.cost === reply.cost ? reply : { ...reply, cost: outcome.cost };
}
