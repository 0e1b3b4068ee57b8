import { aroundForks } from '../../around-forks.js';
import { aroundAttempts } from '../../attempt-layer.js';
import { attemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import { listen, tell, type ChainListener } from '../../chain-events.js';
import { InferwayError } from '../../error.js';
import type { ErrorCode } from '../../error-code.js';
import type { Middleware } from '../../middleware.js';
import { observe } from '../../observe.js';
import type { Outcome } from '../../outcome.js';
import { badOption } from '../../option-checks.js';
import { stateKey } from '../../state.js';
import { attemptWatch } from './attempt-watch.js';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A logical call is over. */
    readonly call: CallEnd;
  }
}

/** How one logical call went. */
export interface CallEnd {
  readonly operation: string;
  readonly stream: boolean;
  /** As it was asked for: `provider/model`, or a route's name. */
  readonly provider: string;
  readonly model: string;
  readonly status: Outcome['status'];
  readonly error?: ErrorCode | undefined;
  readonly attempts: number;
  /** Milliseconds from the start of the call to its end, of a stream to the end of the stream. */
  readonly durationMs: number;
}

/** Who hears the events. */
export interface MonitorOptions {
  /** Hears each event of each call, at once and in order. What it throws is ignored. */
  readonly onEvent: ChainListener;
}

const WATCHED = stateKey<boolean>('monitor is installed');

/**
 * Tells what happens in a call while it happens: the end of each attempt with its target, error, tokens and cost; waits, retries, fallbacks and
 * refusals, as the layers tell them; the end of the call. For logs and progress, without OpenTelemetry. Belongs outermost.
 *
 * ```ts
 * monitor({ onEvent: (event) => console.log(formatEvent(event)) });
 * ```
 */
export function monitor(options: MonitorOptions): Middleware {
  const { onEvent } = options;
  if (typeof onEvent !== 'function') {
    throw badOption('onEvent', 'monitor: onEvent is no function. Give (event, call) => ….');
  }
  const watch: Middleware = async function monitor(call, next) {
    const { state } = call;
    listen(state, onEvent);
    // What is asked behind an answer, such as a refresh of the cache, is a call, too, with attempts that cost.
    aroundForks(state, watch);
    // The events of a call are told once, however many listen.
    if (state.get(WATCHED) === true) return next(call);
    state.set(WATCHED, true);
    aroundAttempts(state, attemptWatch);
    try {
      const reply = await next(call);
      return observe(reply, { end: ({ status, error }) => over(call, status, error) });
    } catch (reason) {
      const error = InferwayError.from(reason);
      over(call, error.code === 'aborted' ? 'cancelled' : 'failed', error);
      throw error;
    }
  };
  return watch;
}

function over(call: Call, status: Outcome['status'], error: InferwayError | undefined): void {
  const { operation, stream, model, state } = call;
  tell(call, {
    type: 'call',
    operation,
    stream,
    provider: model.provider,
    model: model.id,
    status,
    error: error?.code,
    attempts: attemptBudget(state).made.length,
    durationMs: state.runtime.clock.now() - state.startedAt,
  });
}
