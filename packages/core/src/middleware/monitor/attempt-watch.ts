import type { AttemptLayer } from '../../attempt-layer.js';
import type { Attempt } from '../../attempts.js';
import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { costStateOf, type CostState } from '../../cost-state.js';
import { InferwayError } from '../../error.js';
import type { ErrorCode } from '../../error-code.js';
import { observe } from '../../observe.js';
import type { Outcome } from '../../outcome.js';
import { joinProgress } from '../../progress.js';
import type { Usage } from '../../usage.js';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** An attempt at a provider is over. What comes next is told by the layer that decides it: `retry`, `fallback` and the like. */
    readonly attempt: AttemptEnd;
  }
}

/** How one attempt went. What is not known is left out. */
export interface AttemptEnd {
  /** 1 for the first of the logical call. */
  readonly number: number;
  readonly provider: string;
  readonly model: string;
  /** The label of the credential. */
  readonly credential?: string | undefined;
  readonly status: Outcome['status'];
  readonly error?: ErrorCode | undefined;
  readonly httpStatus?: number | undefined;
  /** Milliseconds from its start to its end, of a stream to the end of the stream. */
  readonly durationMs: number;
  /** Milliseconds to the first bytes of the answer's body. */
  readonly firstByteMs?: number | undefined;
  /** Of the answer's body, as they came from the network. */
  readonly bytes: number;
  readonly usage?: Usage | undefined;
  /** In nano-dollars; absent where it is not known or no `cost` is in the chain. */
  readonly costNanoUsd?: number | undefined;
  /** See `costStateOf`. */
  readonly costState: CostState;
}

/** Tells the end of an attempt, exactly once, from outside of the layer that prices it. */
export const attemptWatch: AttemptLayer = async function attemptWatch(call, attempt, next) {
  const { clock } = call.state.runtime;
  const startedAt = clock.now();
  let bytes = 0;
  let firstByteMs: number | undefined;
  const progress = joinProgress(call.progress, {
    bytes(count) {
      firstByteMs ??= clock.now() - startedAt;
      bytes += count;
    },
  });
  const over = (status: Outcome['status'], error?: InferwayError, usage?: Usage): void => {
    tell(call, {
      type: 'attempt',
      ...namesOf(call, attempt),
      status,
      error: error?.code,
      httpStatus: error?.status ?? attempt.status,
      durationMs: clock.now() - startedAt,
      firstByteMs,
      bytes,
      usage: attempt.usage ?? usage,
      costNanoUsd: attempt.cost?.known === true ? attempt.cost.total : undefined,
      costState: costStateOf(attempt),
    });
  };
  try {
    const reply = await next({ ...call, progress });
    return observe(reply, { end: ({ status, error, usage }) => over(status, error, usage) });
  } catch (reason) {
    const error = InferwayError.from(reason);
    over(error.code === 'aborted' ? 'cancelled' : 'failed', error, error.usage);
    throw error;
  }
};

function namesOf(call: Call, { number, credential }: Attempt) {
  return { number, provider: call.model.provider, model: call.model.id, credential };
}
