import type { Call } from '../../call.js';
import type { Middleware } from '../../middleware.js';
import { badOption, checkMs } from '../../option-checks.js';
import type { QuotaStore } from '../../stores/quota-store.js';
import { queueRules, type QueueOptions } from '../queue/queue-options.js';
import { WaitingRoom } from '../queue/waiting-room.js';
import type { Hold } from './hold.js';
import { claimOf } from './limit-claim.js';
import { LimitGate } from './limit-gate.js';
import type { LimitPlace } from './limit-error.js';
import { placed } from './limit-place.js';
import { limitPlan } from './limit-plan.js';
import type { LimitRule } from './limit-rule.js';
import { follow } from './stay.js';
import type { TokenOptions } from './token-need.js';

/** What is limited, where it is counted, and whether calls wait. `store` and `rules` are needed. */
export interface LimitOptions extends TokenOptions {
  /** Counts what is used; share one over processes and the limits hold over all of them. */
  readonly store: QuotaStore;
  /** All are taken together or none. A function gives the rules of one call, such as its plan's; give the same list object for the same plan. */
  readonly rules: readonly LimitRule[] | ((call: Call) => readonly LimitRule[] | undefined);
  /** Lets calls wait for room; `true` with all defaults. Without it they are refused at once. */
  readonly queue?: QueueOptions | boolean | undefined;
  /** Milliseconds after which what a dead process held is free again. Renewed while it lives. From 1,000; default 60,000. */
  readonly leaseMs?: number | undefined;
}

const SHORTEST_LEASE_MS = 1000;
// Nobody tells of room that another process made.
const POLLING = { firstMs: 100, mostMs: 1000 };

/**
 * Limits callers: stands outside of `fallback` and counts a call once, however many attempts it takes. A refusal is a `rate_limit` (429) with
 * `retryAfterMs` that is neither retried nor led to another target.
 *
 * ```ts
 * limit({ store, rules: [{ per: 'user', windowMs: 60_000, requests: 60, totalTokens: 20_000, concurrency: 4 }] });
 * ```
 * @throws {InferwayError} `configuration`, when built, naming the option and the cure.
 */
export function limit(options: LimitOptions): Middleware {
  const run = limitLayer('limit', 'caller', options);
  return placed(function limit(call, next) {
    return run(call, next);
  }, 'caller');
}

/**
 * Limits targets: stands inside of `retry` and counts each attempt, by provider, model or credential. A refusal leads to the next target
 * (`fallbackable`), is not retried, and is no failure of the provider.
 *
 * @throws {InferwayError} `configuration`, when built, naming the option and the cure.
 */
export function limitTargets(options: LimitOptions): Middleware {
  const run = limitLayer('limitTargets', 'target', options);
  return placed(function limitTargets(call, next) {
    return run(call, next);
  }, 'target');
}

function limitLayer(owner: string, place: LimitPlace, options: LimitOptions): Middleware {
  const { store, queue = false } = options;
  if (typeof store?.reserve !== 'function') {
    throw badOption('store', `${owner}: no store to count in. Give one, such as memoryQuota().`);
  }
  const leaseMs = checkMs(owner, 'leaseMs', options.leaseMs ?? 60_000);
  if (leaseMs < SHORTEST_LEASE_MS) {
    throw badOption(
      'leaseMs',
      `${owner}: leaseMs is ${leaseMs} and would be renewed all the time. Give ${SHORTEST_LEASE_MS} or more.`,
    );
  }
  const plan = limitPlan(owner, place, options);
  const room =
    queue === false
      ? undefined
      : new WaitingRoom<Hold>(queueRules(owner, queue === true ? {} : queue), POLLING);
  const gate = new LimitGate(place, store, leaseMs, room);

  return (call, next) => {
    try {
      const rules = plan(call);
      const claim = rules === undefined ? undefined : claimOf(call, rules);
      if (claim === undefined) return next(call);
      const entering = gate.enter(call, claim);
      if (!(entering instanceof Promise)) return follow(call, next, entering);
      return entering.then((hold) => follow(call, next, hold));
    } catch (reason) {
      return Promise.reject(reason);
    }
  };
}
