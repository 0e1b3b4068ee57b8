import { systemClock, type Clock } from '../../clock.js';
import { badOption, checkCount, checkMs } from '../../option-checks.js';
import { warn } from '../../warn.js';

/** A store is away, or is back. One of each for one outage. */
export interface OutageEvent {
  readonly store: 'quota' | 'cache' | 'health' | 'idempotency';
  readonly state: 'down' | 'up';
  /** Epoch milliseconds. */
  readonly at: number;
  /** In one sentence, for a log. */
  readonly message: string;
  /** `up`: how long it was away. */
  readonly downMs?: number | undefined;
}

/** When a store counts as away. */
export interface OutageOptions {
  /** An operation that takes longer has failed. Default 50. */
  readonly timeoutMs?: number | undefined;
  /**
   * Failures in a row after which the store is not asked any more but for a probe at a time. One that failed while others were answered is none of
   * them: a store that is slow in a burst is not away. Default 5.
   */
  readonly failures?: number | undefined;
  /** Milliseconds from one probe to the next. Default 1,000. */
  readonly retryMs?: number | undefined;
  /** Told once when an outage begins and once when it is over. Default: a warning of the process. */
  readonly onOutage?: ((event: OutageEvent) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** The same, checked. */
export interface OutageSettings {
  readonly timeoutMs: number;
  readonly failures: number;
  readonly retryMs: number;
  readonly tell: (event: OutageEvent) => void;
  readonly clock: Clock;
}

/** @throws {InferwayError} `configuration` naming the option and the cure. */
export function readOutageOptions(owner: string, options: OutageOptions): OutageSettings {
  const { onOutage } = options;
  if (onOutage !== undefined && typeof onOutage !== 'function') {
    throw badOption(
      'onOutage',
      `${owner}: onOutage is no function. Give one, or leave it out for warnings.`,
    );
  }
  const tell = onOutage ?? (({ message }: OutageEvent) => warn(message, 'STORE_OUTAGE'));
  return {
    timeoutMs: checkMs(owner, 'timeoutMs', options.timeoutMs ?? 50),
    failures: checkCount(owner, 'failures', options.failures ?? 5),
    retryMs: checkMs(owner, 'retryMs', options.retryMs ?? 1000),
    clock: options.clock ?? systemClock,
    tell(event) {
      try {
        tell(event);
      } catch {
        // Who watches a store must not break it.
      }
    },
  };
}
