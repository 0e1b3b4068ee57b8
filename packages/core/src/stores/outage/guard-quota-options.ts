import { badOption, checkCount, checkMs, checkShare } from '../../option-checks.js';
import { readOutageOptions, type OutageOptions, type OutageSettings } from './outage-options.js';

/** What goes on while the store of limits and budgets is away. */
export interface GuardQuotaOptions extends OutageOptions {
  /** How many processes share the store: each lets in its part of every limit during an outage. Needed for `limits: 'share'`. */
  readonly processes?: number | undefined;
  /** Windows and places. `share`: each process lets in 1/`processes` of them; `closed`: nothing. Default `share`. */
  readonly limits?: 'share' | 'closed' | undefined;
  /**
   * Budgets. `lease`: what this process had reserved beforehand may still be spent, then nothing; `closed`: nothing; `open`: whatever is asked
   * for, counted afterwards. Default `lease`.
   */
  readonly budgets?: 'lease' | 'closed' | 'open' | undefined;
  /** `lease`: the part of each budget in use that each process holds. Default 0.01. */
  readonly leaseShare?: number | undefined;
  /** `lease`: budgets that are held a part of at one time. Default 100. */
  readonly maxLeases?: number | undefined;
  /**
   * `lease`: milliseconds for which such a part is held without a word of its process, which renews it four times within. What a process that
   * died held is free again afterwards. Default 60,000.
   */
  readonly leaseMs?: number | undefined;
  /** Settlements that are kept for the store. Default 10,000. */
  readonly maxKept?: number | undefined;
}

/** The same, checked. */
export interface GuardQuotaSettings extends OutageSettings {
  readonly processes: number;
  readonly limits: 'share' | 'closed';
  readonly budgets: 'lease' | 'closed' | 'open';
  readonly leaseShare: number;
  readonly maxLeases: number;
  readonly leaseMs: number;
  readonly maxKept: number;
}

const OWNER = 'guardQuota';

/** @throws {InferwayError} `configuration` naming the option and the cure. */
export function readGuardQuotaOptions(options: GuardQuotaOptions): GuardQuotaSettings {
  const limits = oneOf('limits', options.limits ?? 'share', ['share', 'closed']);
  const budgets = oneOf('budgets', options.budgets ?? 'lease', ['lease', 'closed', 'open']);
  if (limits === 'share' && options.processes === undefined) {
    throw badOption(
      'processes',
      `${OWNER}: say how many processes share the store, so that each lets in its part of the limits during an outage; or set limits: 'closed'.`,
    );
  }
  for (const name of ['leaseShare', 'maxLeases', 'leaseMs'] as const) {
    if (options[name] === undefined || budgets === 'lease') continue;
    throw badOption(
      name,
      `${OWNER}: ${name} is for budgets: 'lease', and budgets is '${budgets}'. Leave one of them out.`,
    );
  }
  const processes = checkCount(OWNER, 'processes', options.processes ?? 1);
  const leaseShare = checkShare(
    OWNER,
    'leaseShare',
    options.leaseShare ?? Math.min(0.01, 0.5 / processes),
  );
  if (leaseShare * processes > 1) {
    throw badOption(
      'leaseShare',
      `${OWNER}: ${processes} processes with a leaseShare of ${leaseShare} hold more than a whole budget. Lower it to ${0.5 / processes} or less.`,
    );
  }
  return {
    ...readOutageOptions(OWNER, options),
    processes,
    limits,
    budgets,
    leaseShare,
    maxLeases: checkCount(OWNER, 'maxLeases', options.maxLeases ?? 100),
    leaseMs: checkMs(OWNER, 'leaseMs', options.leaseMs ?? 60_000),
    maxKept: checkCount(OWNER, 'maxKept', options.maxKept ?? 10_000),
  };
}

function oneOf<T extends string>(name: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  throw badOption(
    name,
    `${OWNER}: ${name} is ${JSON.stringify(value)}. Give one of ${known.join(', ')}.`,
  );
}
