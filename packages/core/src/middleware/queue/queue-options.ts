import type { Call } from '../../call.js';
import { callerOf } from '../../caller.js';
import { badOption, checkCount, checkMs } from '../../option-checks.js';

/** How calls wait that cannot be let in at once. */
export interface QueueOptions {
  /** Calls that wait at most, all tenants together. Default 1,000. */
  readonly maxWaiting?: number | undefined;
  /** Calls of one tenant that wait at most. Default: a quarter of `maxWaiting`. */
  readonly maxWaitingPerTenant?: number | undefined;
  /** Milliseconds that a call waits at most; its deadline bounds it too. Default 30,000. */
  readonly maxWaitMs?: number | undefined;
  /** Who takes turns with whom. Default: the caller's tenant, else key, else user. */
  readonly fairBy?: ((call: Call) => string) | undefined;
  /** Calls that a tenant has served in one turn, a whole number from 1. Default 1 for all. */
  readonly weightOf?: ((tenant: string) => number) | undefined;
}

/** The same, checked and complete. */
export interface QueueRules {
  readonly maxWaiting: number;
  readonly maxWaitingPerTenant: number;
  readonly maxWaitMs: number;
  readonly fairBy: (call: Call) => string;
  readonly weightOf: (tenant: string) => number;
}

/** @throws {InferwayError} `configuration` naming the option and the cure. */
export function queueRules(owner: string, options: QueueOptions): QueueRules {
  if (options.maxWaiting === 0) {
    throw badOption(
      'maxWaiting',
      `${owner}: maxWaiting is 0, a queue with room for none. Leave "queue" out to refuse at once.`,
    );
  }
  const maxWaiting = checkCount(owner, 'maxWaiting', options.maxWaiting ?? 1000);
  const perTenant = options.maxWaitingPerTenant ?? Math.ceil(maxWaiting / 4);
  const maxWaitingPerTenant = checkCount(owner, 'maxWaitingPerTenant', perTenant);
  if (maxWaitingPerTenant > maxWaiting) {
    throw badOption(
      'maxWaitingPerTenant',
      `${owner}: maxWaitingPerTenant (${maxWaitingPerTenant}) is above maxWaiting (${maxWaiting}). Lower it, or raise maxWaiting.`,
    );
  }
  const { fairBy = tenantOf, weightOf } = options;
  return {
    maxWaiting,
    maxWaitingPerTenant,
    maxWaitMs: checkMs(owner, 'maxWaitMs', options.maxWaitMs ?? 30_000),
    fairBy,
    weightOf:
      weightOf === undefined
        ? () => 1
        : (tenant) => checkCount(owner, 'weightOf', weightOf(tenant)),
  };
}

function tenantOf(call: Call): string {
  const { tenant, key, user } = callerOf(call.state);
  return tenant ?? key ?? user ?? '';
}
