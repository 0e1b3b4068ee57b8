import type { Call } from '../../call.js';
import type { InferwayError } from '../../error.js';
import {
  badOption,
  checkCount,
  checkFlag,
  checkFunction,
  checkMs,
  checkShare,
} from '../../option-checks.js';
import type { HealthSharing } from '../../stores/health-link.js';
import type { BreakerChange } from './breaker-events.js';

/** When a target counts as down, and how it is tried again. All have defaults. */
export interface CircuitBreakerOptions extends HealthSharing {
  /** The last so many calls of a target decide. Default 20. */
  readonly windowCalls?: number | undefined;
  /** Calls that are longer ago do not count. Default 60,000 ms. */
  readonly windowMs?: number | undefined;
  /** Fewer calls decide nothing. Default 5. */
  readonly minCalls?: number | undefined;
  /** The breaker opens when so much of the calls failed, above 0 and at most 1. Default 0.5. */
  readonly failureShare?: number | undefined;
  /** How long it stays open at first; twice as long each time that its probes fail. Default 10,000 ms. */
  readonly openMs?: number | undefined;
  /** It never stays open for longer, whatever the provider asks for. Default 300,000 ms. */
  readonly maxOpenMs?: number | undefined;
  /** So many calls at once try whether the target is back, and so many must succeed: 1 to 3. Default 1. */
  readonly probes?: number | undefined;
  /** A probe that has not ended by then no longer keeps others from trying. Default 60,000 ms. */
  readonly probeMs?: number | undefined;
  /** A stream whose first content takes longer counts as failed. Default: none does. */
  readonly slowFirstMs?: number | undefined;
  /** What has a breaker of its own. Default: provider, model and, where one is set further out, the label of the credential. */
  readonly key?: ((call: Call) => string) | undefined;
  /** Whether an error speaks against its target. Default: what the target is at fault for; see the page. */
  readonly counts?: ((error: InferwayError, call: Call) => boolean) | undefined;
  /** When all targets of a call are open, one is tried after all. Default true. */
  readonly panic?: boolean | undefined;
  /** Targets that are kept in mind. Default 1,000. */
  readonly maxTargets?: number | undefined;
  /** Told of each change of state, also of those that were seen in the store between calls. */
  readonly onChange?: ((change: BreakerChange) => void) | undefined;
}

/** The figures by which one breaker works. */
export interface BreakerRules {
  readonly windowCalls: number;
  readonly windowMs: number;
  readonly minCalls: number;
  readonly failureShare: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
  readonly probes: number;
  readonly probeMs: number;
}

const OWNER = 'circuitBreaker';
const MOST_PROBES = 3;

/** Checks the figures and fills in the defaults. @throws {InferwayError} `configuration` naming the option and the cure. */
export function breakerRules(options: CircuitBreakerOptions): BreakerRules {
  for (const param of ['windowCalls', 'minCalls'] as const) {
    if (options[param] !== undefined) checkCount(OWNER, param, options[param]);
  }
  // Before the defaults, some of which follow from other options.
  for (const param of ['openMs', 'maxOpenMs', 'slowFirstMs'] as const) {
    if (options[param] !== undefined) checkMs(OWNER, param, options[param]);
  }
  for (const param of ['key', 'counts', 'onChange'] as const) {
    checkFunction(OWNER, param, options[param]);
  }
  checkFlag(OWNER, 'panic', options.panic);
  const rules: BreakerRules = {
    windowCalls: checkCount(OWNER, 'windowCalls', options.windowCalls ?? 20),
    windowMs: checkMs(OWNER, 'windowMs', options.windowMs ?? 60_000),
    minCalls: checkCount(
      OWNER,
      'minCalls',
      options.minCalls ?? Math.min(5, options.windowCalls ?? 5),
    ),
    failureShare: checkShare(OWNER, 'failureShare', options.failureShare ?? 0.5),
    openMs: checkMs(
      OWNER,
      'openMs',
      options.openMs ?? Math.min(10_000, options.maxOpenMs ?? 10_000),
    ),
    maxOpenMs: checkMs(
      OWNER,
      'maxOpenMs',
      options.maxOpenMs ?? Math.max(300_000, options.openMs ?? 0),
    ),
    probes: checkCount(OWNER, 'probes', options.probes ?? 1),
    probeMs: checkMs(OWNER, 'probeMs', options.probeMs ?? 60_000),
  };
  const { windowCalls, minCalls, openMs, maxOpenMs, probes } = rules;
  if (windowCalls > 10_000) {
    throw badOption('windowCalls', `${OWNER}: windowCalls is ${windowCalls}; give at most 10000.`);
  }
  if (minCalls > windowCalls) {
    throw badOption(
      'minCalls',
      `${OWNER}: minCalls (${minCalls}) is more than windowCalls (${windowCalls}), so it could never open. Lower minCalls, or raise windowCalls.`,
    );
  }
  if (openMs > maxOpenMs) {
    throw badOption(
      'openMs',
      `${OWNER}: openMs (${openMs}) is above maxOpenMs (${maxOpenMs}). Lower it, or raise maxOpenMs.`,
    );
  }
  if (probes > MOST_PROBES) {
    throw badOption(
      'probes',
      `${OWNER}: probes is ${probes}; give 1 to ${MOST_PROBES}: a target that is just back must not be flooded.`,
    );
  }
  return rules;
}
