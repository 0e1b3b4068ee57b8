import type { Middleware } from '@inferway/core';
import type { BudgetRule, LedgerNotice, LedgerSpool } from '@inferway/core/spending';
import type { QuotaStore } from '@inferway/core/stores';
import { resolve } from 'node:path';
import type { BudgetRuleConfig, LedgerConfig } from '../../config/chain-config.js';
import type { Secret } from '../../config/secret.js';
import { alertOptions } from './alerts.js';
import { inConfig } from './in-config.js';
import type { LayerFacts } from './layer-facts.js';

/** The layers that count money. */
export interface SpendingLayers {
  readonly ledger: Middleware | undefined;
  readonly budget: Middleware | undefined;
}

/** Makes what the config asks for. @throws {InferwayError} `configuration` */
export async function spendingLayers(facts: LayerFacts): Promise<SpendingLayers> {
  const { ledger, budgets } = facts.config;
  const rules = [...rulesOf(budgets?.rules ?? []), ...rulesOfKeys(facts)];
  const budget =
    budgets === undefined && rules.length === 0 ? undefined : await budgetLayer(facts, rules);
  // Made last, so that it is closed first: what it waits for may still settle and alert.
  return { budget, ledger: ledger && (await ledgerLayer(facts, ledger)) };
}

async function ledgerLayer(facts: LayerFacts, written: LedgerConfig<Secret>): Promise<Middleware> {
  const { stores, folder, closing, prices, complain } = facts;
  const { ledger } = await import('@inferway/core/spending');
  const { spool: place, whenFull, batchMs, maxRows } = written;
  const spool = place === undefined ? undefined : await openSpool(resolve(folder, place));
  const layer = inConfig('ledger', () =>
    ledger({
      ledger: stores.ledger as NonNullable<typeof stores.ledger>,
      spool,
      whenFull,
      batchMs,
      maxRows,
      prices,
      onNotice: (notice) => complain(noticeText(notice)),
    }),
  );
  // Closes the spool, too.
  closing.add(() => layer.close({ graceMs: LAST_ROWS_MS }));
  return layer;
}

// What was aborted at the end of the grace time still has to hear of it.
const LAST_ROWS_MS = 1_000;

async function openSpool(directory: string): Promise<LedgerSpool> {
  const { createSpool } = await import('@inferway/core/spool');
  return inConfig('ledger.spool', () => createSpool({ directory }));
}

function noticeText({ type, ...facts }: LedgerNotice): string {
  const words = Object.entries(facts).flatMap(([name, value]: [string, unknown]) => {
    if (value instanceof Error) return [`${name}=${JSON.stringify(value.message)}`];
    return typeof value === 'object' ? [] : [`${name}=${String(value)}`];
  });
  return ['ledger', type, ...words].join(' ');
}

async function budgetLayer(facts: LayerFacts, budgets: readonly BudgetRule[]): Promise<Middleware> {
  const { config, stores, prices } = facts;
  const { alerts, rules: _rules, ...options } = config.budgets ?? {};
  const { budget } = await import('@inferway/core/spending');
  const told = alerts === undefined ? undefined : await alertOptions(facts, alerts);
  return inConfig('budgets', () =>
    budget({
      ...options,
      store: stores.quota as QuotaStore,
      // A counter that the store lost, or a process in memory begins without, is set from it.
      ledger: stores.ledger,
      budgets,
      prices,
      alerts: told,
    }),
  );
}

function rulesOf(rules: readonly BudgetRuleConfig[]): BudgetRule[] {
  return rules.map(({ usd, ...rule }) => ({
    ...rule,
    usd: typeof usd === 'number' ? usd : byName(new Map(Object.entries(usd))),
  }));
}

function byName(amounts: ReadonlyMap<string, number>): (value: string) => number | undefined {
  const others = amounts.get('*');
  return (value) => amounts.get(value) ?? others;
}

// One rule for each period that some key has a budget for.
function rulesOfKeys({ keys }: LayerFacts): BudgetRule[] {
  const periods = new Map<BudgetRule['period'], Map<string, number>>();
  for (const { id, budget } of keys) {
    if (budget === undefined) continue;
    const amounts = periods.get(budget.period) ?? new Map<string, number>();
    periods.set(budget.period, amounts.set(id, budget.usd));
  }
  return [...periods].map(([period, amounts]) => ({
    name: `of the key, ${period}`,
    per: 'key',
    period,
    usd: (value) => amounts.get(value),
  }));
}
