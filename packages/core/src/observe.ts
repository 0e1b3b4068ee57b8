import type { Observer, Outcome } from './outcome.js';
import type { AnyReply } from './reply.js';

/**
 * Lets `observer` see the whole life of a reply, unary or stream; `end` comes exactly once.
 * For a unary reply that is at once; a cost that `end` sets on the outcome becomes the reply's.
 * A failure of `next` itself gives no reply: catch it there.
 */
export function observe<R extends AnyReply>(reply: R, observer: Observer): R {
  if (reply.stream) {
    reply.events.observe(observer);
    return reply;
  }
  const outcome: Outcome = { status: 'complete', usage: reply.usage, cost: reply.cost };
  observer.end?.(outcome);
  return outcome.cost === reply.cost ? reply : { ...reply, cost: outcome.cost };
}
