import type { Call } from '../../call.js';
import { InferwayError } from '../../error.js';
import type { Middleware, Next } from '../../middleware.js';
import type { AnyReply } from '../../reply.js';
import { send } from '../../send.js';
import type { BreakerState } from './breaker-events.js';
import type { Ticket } from './breaker.js';
import { BreakerKeeper } from './breaker-keeper.js';
import type { CircuitBreakerOptions } from './breaker-options.js';
import { JudgedCall } from './judged-call.js';

/** The layer, and what it knows. */
export interface CircuitBreaker extends Middleware {
  /**
   * The state of the target that `call` would reach; changes nothing. `open` while a call would be refused; a router must not pass over what is
   * `half-open`, since nobody would then find out whether it is back.
   */
  stateOf(call: Call): BreakerState;
  /** Stops listening to the store. */
  close(): void;
}

/**
 * Keeps calls away from a target that fails, one breaker for each provider, model and credential: it opens when enough of the last calls failed,
 * refuses calls at once for a while (`overloaded`, 503, `retryAfterMs`, nothing sent), then lets a few try whether the target is back.
 * Belongs inside `retry` and around `timeout`: each attempt is judged.
 *
 * @throws {InferwayError} `configuration`, when built, for options that cannot work.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const keeper = new BreakerKeeper(options);

  const circuitBreaker = (call: Call, next: Next): Promise<AnyReply> => {
    const now = call.state.runtime.clock.now();
    const breaker = keeper.breakerOf(call, now);
    const sendBy = (ticket: Ticket): Promise<AnyReply> => {
      const judged = new JudgedCall(keeper, breaker, ticket, call, now);
      const answered = (reply: AnyReply): AnyReply => {
        if (reply.stream) {
          judged.accepted();
          reply.events.observe(judged);
        } else {
          judged.succeeded();
        }
        return reply;
      };
      const failed = (reason: unknown): never => {
        const error = InferwayError.from(reason);
        judged.failed(error);
        throw error;
      };
      return send(call, next).then(answered, failed);
    };
    try {
      const ticket = keeper.admit(breaker, call, now);
      return ticket instanceof Promise ? ticket.then(sendBy) : sendBy(ticket);
    } catch (refusal) {
      return Promise.reject(refusal);
    }
  };
  return Object.assign(circuitBreaker, {
    stateOf: (call: Call) => keeper.stateOf(call),
    close: () => keeper.close(),
  });
}
