import type { NanoUsd } from '../../money.js';
import { badOption, checkAmount, checkMs } from '../../option-checks.js';
import { usd } from '../../money.js';
import type { BudgetFigures } from './budget-state.js';

/** What an alert tells. Amounts in integer nano-dollars. */
export interface BudgetAlert extends BudgetFigures {
  /** `threshold`: so much of the budget is spent; `refusal`: the first call was refused in this period; `spike`: money goes out faster than it did. */
  readonly kind: 'threshold' | 'refusal' | 'spike';
  /** When, in epoch milliseconds. */
  readonly at: number;
  /** `threshold`: the share that was reached, 0.8 for 80 %. */
  readonly threshold?: number | undefined;
  /** `spike`: what was spent in the short window, and what the baseline would have spent in as long. */
  readonly spike?:
    | { readonly spent: NanoUsd; readonly usual: NanoUsd; readonly windowMs: number }
    | undefined;
}

/** Where alerts go. What it throws, or rejects with, is ignored: no alert fails a call. */
export type AlertSink = (alert: BudgetAlert) => void | Promise<void>;

/** When money goes out faster than it did: over `windowMs`, `factor` times as fast as over `baselineMs` before, and at least `minUsd`. */
export interface SpikeOptions {
  /** Default 300,000 (5 minutes). */
  readonly windowMs?: number | undefined;
  /** Default 3,600,000 (an hour). */
  readonly baselineMs?: number | undefined;
  /** Default 5. */
  readonly factor?: number | undefined;
  /** Dollars in the short window below which nothing is a spike. Default 1. */
  readonly minUsd?: number | undefined;
}

/** Who is told what of budgets, once in each period over all processes. */
export interface AlertOptions {
  /** One or several: a function, `webhook(…)`. */
  readonly to: AlertSink | readonly AlertSink[];
  /** Shares of a budget, spent. Default [0.5, 0.8, 1]. */
  readonly thresholds?: readonly number[] | undefined;
  /** Whether the first refusal of a period is told. Default true. */
  readonly refusals?: boolean | undefined;
  /** Default: none. */
  readonly spike?: SpikeOptions | undefined;
}

/** Alert options, checked. */
export interface AlertSettings {
  readonly sinks: readonly AlertSink[];
  /** Rising. */
  readonly thresholds: readonly number[];
  readonly refusals: boolean;
  readonly spike: SpikeSettings | undefined;
}

export interface SpikeSettings {
  readonly windowMs: number;
  readonly baselineMs: number;
  readonly factor: number;
  readonly least: NanoUsd;
}

// Who writes 80 means 80 %, and would never hear of it.
const HIGHEST_THRESHOLD = 10;

/** @throws {InferwayError} `configuration` naming the option and the cure. */
export function readAlerts(options: AlertOptions): AlertSettings {
  const sinks = ([] as AlertSink[]).concat(options.to ?? []);
  if (sinks.length === 0 || sinks.some((sink) => typeof sink !== 'function')) {
    throw badOption(
      'alerts.to',
      'budget: alerts go nowhere. Give "to" a function, or webhook({ url, secret }).',
    );
  }
  const thresholds = (options.thresholds ?? [0.5, 0.8, 1]).toSorted((one, other) => one - other);
  thresholds.forEach((share) => {
    if (typeof share === 'number' && share > 0 && share <= HIGHEST_THRESHOLD) return;
    throw badOption(
      'alerts.thresholds',
      `budget: a threshold is ${String(share)}. Give shares of the budget above 0 and at most ${HIGHEST_THRESHOLD}: 0.8 for 80 %.`,
    );
  });
  if (new Set(thresholds).size !== thresholds.length) {
    throw badOption('alerts.thresholds', 'budget: a threshold is given twice. Leave one out.');
  }
  return {
    sinks,
    thresholds,
    refusals: options.refusals ?? true,
    spike: options.spike === undefined ? undefined : readSpike(options.spike),
  };
}

function readSpike(options: SpikeOptions): SpikeSettings {
  const windowMs = checkMs('budget', 'alerts.spike.windowMs', options.windowMs ?? 300_000);
  const baselineMs = checkMs('budget', 'alerts.spike.baselineMs', options.baselineMs ?? 3_600_000);
  if (baselineMs <= windowMs) {
    throw badOption(
      'alerts.spike.baselineMs',
      `budget: the spike's baselineMs (${baselineMs}) must be above its windowMs (${windowMs}), or there is nothing to compare with. Raise it, or lower windowMs.`,
    );
  }
  const factor = options.factor ?? 5;
  if (!(Number.isFinite(factor) && factor > 1)) {
    throw badOption(
      'alerts.spike.factor',
      `budget: the spike's factor is ${factor}. Give a number above 1: 5 for five times as fast.`,
    );
  }
  return { windowMs, baselineMs, factor, least: leastOf(options.minUsd ?? 1) };
}

function leastOf(dollars: number): NanoUsd {
  try {
    return checkAmount('budget', 'alerts.spike.minUsd', usd(dollars));
  } catch {
    throw badOption(
      'alerts.spike.minUsd',
      `budget: the spike's minUsd is ${dollars}. Give an amount of dollars, 0 or more.`,
    );
  }
}
