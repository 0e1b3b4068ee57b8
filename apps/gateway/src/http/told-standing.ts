import type {
  Clock,
  LimitWindow,
  RateLimitSnapshot,
  Standing,
  StandingListener,
} from '@inferway/core';
import { dollars } from './dollars.js';
import type { Protocol } from './protocol.js';

type Kind = Standing['kind'];
type Tightest = Partial<Record<Kind, Standing>>;

const WINDOWS = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const;

/** What the layers of one call told of the caller's own limits and budgets, and the headers that say so. */
export class ToldStanding implements StandingListener {
  readonly #clock: Clock;
  // Few calls have more than two layers that tell, and many have none.
  #told: Map<object, () => readonly Standing[]> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  stands(layer: object, read: () => readonly Standing[]): void {
    (this.#told ??= new Map()).set(layer, read);
  }

  /** As a flat list; empty where nothing of the caller's own counted this call. Never fails: no answer is lost by it. */
  headers(protocol: Protocol): readonly string[] {
    if (this.#told === undefined) return NONE;
    try {
      const tightest: Tightest = {};
      for (const read of this.#told.values()) {
        for (const standing of read()) note(tightest, standing);
      }
      const limits = protocol.rateLimitHeaders(snapshotOf(tightest), this.#clock.wallTime());
      const headers = Object.entries(limits).flat();
      const { spend } = tightest;
      if (spend !== undefined) {
        headers.push('x-inferway-budget-limit', dollars(spend.limit));
        headers.push('x-inferway-budget-remaining', dollars(remainingOf(spend)));
      }
      return headers;
    } catch {
      return NONE;
    }
  }
}

const NONE: readonly string[] = [];

function note(tightest: Tightest, standing: Standing): void {
  const { kind, limit, used } = standing;
  // Of a store that is not sure.
  if (!Number.isFinite(limit) || !Number.isFinite(used)) return;
  const known = tightest[kind];
  if (known === undefined || isTighter(standing, known)) tightest[kind] = standing;
}

/** The one with the smaller share left; of equal shares the one with less left, then the one that takes longer, then the smaller: in whatever order they come. */
function isTighter(one: Standing, other: Standing): boolean {
  const differences = [
    shareOf(one) - shareOf(other),
    remainingOf(one) - remainingOf(other),
    (other.resetMs ?? 0) - (one.resetMs ?? 0),
    one.limit - other.limit,
  ];
  return (differences.find((difference) => difference !== 0) ?? 0) < 0;
}

function shareOf(standing: Standing): number {
  const remaining = remainingOf(standing);
  return remaining === 0 ? 0 : remaining / standing.limit;
}

// Whole and within the limit, whatever a store says: clients read it as a count, and money is written in whole nano-dollars.
function remainingOf({ limit, used }: Standing): number {
  return Math.max(0, Math.min(limit, Math.floor(limit - used)));
}

function snapshotOf(tightest: Tightest): RateLimitSnapshot {
  const snapshot: Record<string, LimitWindow> = {};
  for (const kind of WINDOWS) {
    const standing = tightest[kind];
    if (standing === undefined) continue;
    const { limit, resetMs = Number.NaN } = standing;
    snapshot[kind] = {
      limit,
      remaining: remainingOf(standing),
      resetMs: Number.isFinite(resetMs) ? Math.max(0, resetMs) : undefined,
    };
  }
  return snapshot;
}
