import type { Model } from '../../model.js';
import type { ModelInfo } from '../../model-info.js';
import { badOption, checkCount, checkMs, checkPriceBook } from '../../option-checks.js';
import type { PriceBook, TokenPrices } from '../../price.js';
import type { Ledger } from '../../stores/ledger.js';
import type { QuotaStore } from '../../stores/quota-store.js';
import { readDollarPrices, type DollarPrices } from '../../dollar-prices.js';
import type { UsageBoundOptions } from '../../cost-bound/usage-bound.js';
import { readAlerts, type AlertOptions, type AlertSettings } from './budget-alert.js';
import type { Budget, BudgetRule } from './budget-rule.js';
import { readBudgets } from './read-budgets.js';

/** What may be spent, where it is counted, and how attempts are reckoned before they are paid. `store` and `budgets` are needed. */
export interface BudgetOptions {
  /** Where spend is counted, over all processes: `memoryQuota()`, or one of `@inferway/redis`, best behind `guardQuota`. */
  readonly store: QuotaStore;
  readonly budgets: readonly BudgetRule[];
  /** The same book as that of `cost`. */
  readonly prices?: PriceBook | undefined;
  /**
   * What an attempt is reckoned with whose model has no price: `deny`, or prices in dollars per million tokens. Never 0. Default `deny`.
   */
  readonly unknownPrice?: 'deny' | DollarPrices | undefined;
  /** What is known of models: how many tokens they put out at most, who serves them. `(await client.models()).models`, or a function. */
  readonly models?: readonly ModelInfo[] | ((model: Model) => ModelInfo | undefined) | undefined;
  /** See `UsageBoundOptions`. Default `upper`. */
  readonly bound?: 'upper' | 'estimate' | undefined;
  /** Output tokens that are reserved where neither the request nor what is known of the model says how many. Default 4,096. */
  readonly assumedOutputTokens?: number | undefined;
  /** Tokens that are reserved for an image, a file or a recording at least. Default 5,000. */
  readonly mediaTokens?: number | undefined;
  /** Counters that the store does not have are set from it before anything is granted. */
  readonly ledger?: Ledger | undefined;
  readonly alerts?: AlertOptions | undefined;
  /**
   * Milliseconds after which what a dead process had reserved is taken for spent. Renewed while it lives. From 1,000; default 60,000.
   */
  readonly leaseMs?: number | undefined;
}

/** Options, checked. */
export interface BudgetSettings {
  readonly store: QuotaStore;
  readonly budgets: readonly Budget[];
  readonly prices: PriceBook | undefined;
  readonly unknownPrice: TokenPrices | undefined;
  readonly ledger: Ledger | undefined;
  readonly alerts: AlertSettings | undefined;
  readonly boundsOf: (model: Model) => UsageBoundOptions;
  readonly leaseMs: number;
}

const SHORTEST_LEASE_MS = 1000;

/** @throws {InferwayError} `configuration` naming the option and the cure. */
export function readBudgetOptions(options: BudgetOptions): BudgetSettings {
  const { store, prices, unknownPrice, models, bound, ledger, alerts } = options;
  if (typeof store?.reserve !== 'function') {
    throw badOption(
      'store',
      'budget: there is no store. Give memoryQuota() for one process, or a store that all processes share.',
    );
  }
  if (bound !== undefined && bound !== 'upper' && bound !== 'estimate') {
    throw badOption(
      'bound',
      `budget: bound is ${JSON.stringify(bound)}; give 'upper' or 'estimate'.`,
    );
  }
  const reckoned =
    unknownPrice === undefined || unknownPrice === 'deny' ? undefined : readUnknown(unknownPrice);
  if (prices === undefined && reckoned === undefined) {
    throw badOption(
      'prices',
      'budget: without prices every attempt would be refused. Give the price book of cost, or unknownPrice.',
    );
  }
  checkPriceBook('budget', prices);
  const budgets = readBudgets(options.budgets);
  checkRestorable(budgets, ledger);
  const { assumedOutputTokens, mediaTokens } = options;
  for (const [name, count] of Object.entries({ assumedOutputTokens, mediaTokens })) {
    if (count !== undefined) checkCount('budget', name, count);
  }
  const leaseMs = checkMs('budget', 'leaseMs', options.leaseMs ?? 60_000);
  if (leaseMs < SHORTEST_LEASE_MS) {
    throw badOption(
      'leaseMs',
      `budget: leaseMs is ${leaseMs} and would be renewed all the time. Give ${SHORTEST_LEASE_MS} or more.`,
    );
  }
  const infoOf = modelsOf(models);
  const common = { bound, assumedOutputTokens, mediaTokens };
  return {
    store,
    budgets,
    prices,
    unknownPrice: reckoned,
    ledger,
    leaseMs,
    alerts: alerts === undefined ? undefined : readAlerts(alerts),
    boundsOf:
      infoOf === undefined ? () => common : (model) => ({ ...common, model: infoOf(model) }),
  };
}

// A price of 0 for whatever is not known would make every budget hollow.
function readUnknown(dollars: DollarPrices): TokenPrices {
  const prices = readDollarPrices('unknownPrice/*', dollars);
  if (prices.input > 0 && prices.output > 0) return prices;
  throw badOption(
    'unknownPrice',
    'budget: unknownPrice has a price of 0, and what is not known is never free. Give dollars per million tokens above 0; put models that are free into "prices".',
  );
}

function checkRestorable(budgets: readonly Budget[], ledger: Ledger | undefined): void {
  if (ledger === undefined) {
    const idle = budgets.find(({ rule }) => rule.spent !== undefined);
    if (idle === undefined) return;
    throw badOption(
      'ledger',
      `budget: "${idle.name}" says what was spent, and nobody would ask: counters are set only where there is a ledger. Give one, or leave "spent" out.`,
    );
  }
  if (typeof ledger.sum !== 'function') {
    throw badOption(
      'ledger',
      'budget: the ledger has no "sum". Give memoryLedger(), or one of a database.',
    );
  }
  for (const { rule } of budgets) {
    const isOwn = ([] as unknown[]).concat(rule.per).some((scope) => typeof scope === 'function');
    if (!isOwn || rule.spent !== undefined) continue;
    throw badOption(
      'budgets',
      `budget: "${rule.name}" counts by a function, and a ledger cannot say what that had spent. Give the budget "spent", or leave the ledger out.`,
    );
  }
}

function modelsOf(
  models: BudgetOptions['models'],
): ((model: Model) => ModelInfo | undefined) | undefined {
  if (models === undefined || typeof models === 'function') return models;
  const known = new Map(models.map((info) => [`${info.provider}/${info.id}`, info]));
  return ({ provider, id }) => known.get(`${provider}/${id}`);
}
