import type {
  PlaceLimit,
  QuotaDecision,
  QuotaLimit,
  QuotaRefused,
  QuotaState,
  QuotaStore,
  SpendLimit,
  WindowLimit,
} from '@inferway/core/stores';
import { AssertionError } from 'node:assert';
import { expectTrue } from '../../expect.js';
import { inTime } from '../../provider/in-time.js';

/** Longer than any check. */
export const LONG_MS = 3_600_000;

/** A window that no check outlives, unless told otherwise. */
export function windowOf(
  key: string,
  limit: number,
  amount = 1,
  windowMs: number = LONG_MS,
): WindowLimit {
  return { kind: 'window', key, limit, amount, windowMs };
}

export function placesOf(key: string, limit: number): PlaceLimit {
  return { kind: 'places', key, limit };
}

/** Spend that never begins anew, unless told otherwise. */
export function spendOf(
  key: string,
  limit: number,
  amount: number,
  change: Partial<SpendLimit> = {},
): SpendLimit {
  return { kind: 'spend', key, limit, amount, period: 'total', ...change };
}

/** Reserves, and waits no longer than the check has patience. */
export async function reserve(
  store: QuotaStore,
  id: string,
  limits: readonly QuotaLimit[],
  leaseMs: number = LONG_MS,
): Promise<QuotaDecision> {
  return inTime(Promise.resolve(store.reserve({ id, limits, leaseMs })), 'reserve');
}

/** Reserves what must fit. */
export async function take(
  store: QuotaStore,
  id: string,
  limits: readonly QuotaLimit[],
  leaseMs?: number,
): Promise<readonly QuotaState[]> {
  const decision = await reserve(store, id, limits, leaseMs);
  if (decision.granted) return decision.states;
  throw new AssertionError({
    message: `the reservation should be granted, and was refused: ${JSON.stringify(decision)}`,
  });
}

/** Reserves what must not fit. */
export async function refused(
  store: QuotaStore,
  id: string,
  limits: readonly QuotaLimit[],
): Promise<QuotaRefused> {
  const decision = await reserve(store, id, limits);
  expectTrue(
    !decision.granted,
    `the reservation should be refused, and was granted: ${JSON.stringify(decision)}`,
  );
  return decision;
}

export async function settle(
  store: QuotaStore,
  id: string,
  limits: readonly QuotaLimit[],
  actual: readonly (number | undefined)[] = limits.map(() => undefined),
): Promise<readonly QuotaState[]> {
  return inTime(Promise.resolve(store.settle({ id, limits, actual })), 'settle');
}

/** How one limit stands. */
export async function stateOf(store: QuotaStore, limit: QuotaLimit): Promise<QuotaState> {
  const [state] = await inTime(Promise.resolve(store.read([limit])), 'read');
  if (state === undefined) throw new AssertionError({ message: 'read gave no state' });
  return state;
}
