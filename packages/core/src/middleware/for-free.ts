import { FREE } from '../money.js';
import { observe } from '../observe.js';
import type { AnyReply } from '../reply.js';

/** A reply that another call paid for: it costs nothing here, and the usage that it reports is that of the call that was paid. */
export function forFree<R extends AnyReply>(reply: R): R {
  return observe(reply, {
    end(outcome) {
      outcome.cost = FREE;
    },
  });
}
